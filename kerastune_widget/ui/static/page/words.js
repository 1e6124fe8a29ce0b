// What the page's part says, in both languages.

export const WORDS = {
  en: {
    help: "Keys",
    slider: "Slider",
    language: "Language",
    sections: [
      ["Anywhere in the widget, but in a text field", [["R", "run"], ["P", "pause, resume"], ["S", "stop"]]],
      [
        "On the chart",
        [
          ["click", "branch from that epoch; of a range test: set that rate"],
          ["drag", "zoom; with Shift in both directions"],
          ["double-click", "reset the zoom"],
        ],
      ],
      [
        "On the chart, by keyboard",
        [
          ["← →", "read values"],
          ["Home End", "first, last value"],
          ["Enter", "branch from that epoch; of a range test: set that rate"],
          ["+ Esc", "zoom in, reset"],
        ],
      ],
    ],
  },
  zh: {
    help: "快捷键",
    slider: "滑块",
    language: "语言",
    sections: [
      ["在组件内任意位置（文本框除外）", [["R", "运行"], ["P", "暂停、恢复"], ["S", "停止"]]],
      [
        "在图表上",
        [
          ["单击", "从该轮分支；在范围测试的图上：设为该学习率"],
          ["拖动", "缩放；按住 Shift 可同时缩放两个方向"],
          ["双击", "重置缩放"],
        ],
      ],
      [
        "在图表上，用键盘",
        [
          ["← →", "读取数值"],
          ["Home End", "第一个、最后一个值"],
          ["Enter", "从该轮分支；在范围测试的图上：设为该学习率"],
          ["+ Esc", "放大、重置"],
        ],
      ],
    ],
  },
};
