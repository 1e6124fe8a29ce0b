// What the chart says by itself, in both languages.

export const WORDS = {
  en: {
    empty: "Press Run to see curves",
    smoothing: "Smoothing",
    log: "log",
    logHelp: "Logarithmic axis",
    reset: "Reset zoom",
    epoch: "Epoch",
    help: "Drag to zoom, with Shift in both directions; double-click to reset. Arrow keys read values; a click, or Enter, picks an epoch to branch from.",
    toggle: "Show or hide",
    latest: "latest",
    pick: (run, epoch) => `Click: branch from ${run === null ? "" : `run ${run}, `}epoch ${epoch}`,
    pickByKey: (run, epoch) => `Enter: branch from ${run === null ? "" : `run ${run}, `}epoch ${epoch}`,
    save: "Save",
    saveHelp: "Save the chart as a picture",
  },
  zh: {
    empty: "按“运行”查看曲线",
    smoothing: "平滑",
    log: "对数",
    logHelp: "对数坐标轴",
    reset: "重置缩放",
    epoch: "轮次",
    help: "拖动可缩放，按住 Shift 可同时缩放两个方向；双击重置。方向键读取数值；单击或按回车可选择一轮作为分支起点。",
    toggle: "显示或隐藏",
    latest: "最新",
    pick: (run, epoch) => `单击：从${run === null ? "" : `第 ${run} 次运行`}第 ${epoch} 轮分支`,
    pickByKey: (run, epoch) => `回车：从${run === null ? "" : `第 ${run} 次运行`}第 ${epoch} 轮分支`,
    save: "保存",
    saveHelp: "将图表保存为图片",
  },
};
