// What the chart says by itself, in both languages.

export const WORDS = {
  en: {
    empty: "Press Run to see curves",
    smoothing: "Smoothing",
    log: "log",
    logHelp: "Logarithmic axis",
    reset: "Reset zoom",
    epoch: "Epoch",
    help: "Drag to zoom, with Shift in both directions; double-click to reset. Arrow keys read values.",
    toggle: "Show or hide",
    latest: "latest",
  },
  zh: {
    empty: "按“运行”查看曲线",
    smoothing: "平滑",
    log: "对数",
    logHelp: "对数坐标轴",
    reset: "重置缩放",
    epoch: "轮次",
    help: "拖动可缩放，按住 Shift 可同时缩放两个方向；双击重置。方向键读取数值。",
    toggle: "显示或隐藏",
    latest: "最新",
  },
};
