"""Outputs that cannot learn what they should, most serious first."""

from __future__ import annotations

from ..text import Text
from ._output_case import Case
from ._output_faults import (
    integers_for_categorical,
    labels_from_one,
    logits_unannounced,
    negative_counts,
    no_class_numbers,
    no_probabilities,
    one_hot_for_sparse,
    one_unit_for_classes,
    other_width,
    out_of_reach,
    softmax_for_numbers,
    softmax_over_one,
    spread_over,
    targets_no_shares,
    too_few_units,
)

_SOFTMAX = Text(
    en="For one class out of several give it one unit a class, softmax, and (sparse) categorical cross-entropy; for "
    "yes or no one unit, sigmoid, and binary cross-entropy; for numbers no activation and mean squared error.",
    zh="多选一的分类：每类一个单元，用 softmax 和（稀疏）分类交叉熵；"
    "是非判断：一个单元，用 sigmoid 和二元交叉熵；预测数值：不用激活函数，用均方误差。",
)
_LINEAR = Text(
    en="Leave the activation of {layer} away, or scale the targets into its range.",
    zh="去掉 {layer} 的激活函数，或把目标缩放到它的取值范围之内。",
)

PROBLEMS = (
    Case(
        softmax_over_one,
        "problem",
        Text(
            en="Softmax over the single unit of {layer} is always 1, whatever the inputs.",
            zh="{layer} 只有一个单元，对它做 softmax，结果永远是 1，与输入无关。",
        ),
        _SOFTMAX,
        certain=True,
    ),
    Case(
        one_unit_for_classes,
        "problem",
        Text(
            en="{loss} chooses among units, but {layer} has one only: there is nothing to choose.",
            zh="{loss} 要在多个单元之间选择，而 {layer} 只有一个单元，没有可选的余地。",
        ),
        _SOFTMAX,
        certain=True,
    ),
    Case(
        labels_from_one,
        "problem",
        Text(
            en="Labels run from {low:g} to {high:g}, but {loss} counts the {units} units of {layer} from 0.",
            zh="标签从 {low:g} 到 {high:g}，而 {loss} 从 0 开始给 {layer} 的 {units} 个单元编号。",
        ),
        Text(en="Subtract 1 from the labels.", zh="把标签减去 1。"),
        certain=True,
        fixable=False,
    ),
    Case(
        too_few_units,
        "problem",
        Text(
            en="{layer} has {units} units for {classes} classes: those beyond can never be predicted.",
            zh="{layer} 只有 {units} 个单元，却有 {classes} 个类别：多出的类别永远预测不到。",
        ),
        Text(en="Give {layer} {classes} units.", zh="把 {layer} 改为 {classes} 个单元。"),
        certain=True,
    ),
    Case(
        integers_for_categorical,
        "problem",
        Text(
            en="{loss} needs one column a class, but the targets are class numbers.",
            zh="{loss} 需要每类一列的目标，而这里的目标是类别编号。",
        ),
        Text(
            en="Compile with sparse_categorical_crossentropy, or make columns with keras.utils.to_categorical.",
            zh="改用 sparse_categorical_crossentropy 编译，或用 keras.utils.to_categorical 把目标转成多列。",
        ),
        certain=True,
    ),
    Case(
        one_hot_for_sparse,
        "problem",
        Text(
            en="{loss} needs class numbers, but the targets have {columns} columns, one a class.",
            zh="{loss} 需要类别编号，而这里的目标有 {columns} 列，每类一列。",
        ),
        Text(en="Compile with categorical_crossentropy.", zh="改用 categorical_crossentropy 编译。"),
        certain=True,
    ),
    Case(
        no_class_numbers,
        "problem",
        Text(
            en="{loss} needs class numbers from 0 up, but the targets run from {low:.4g} to {high:.4g}.",
            zh="{loss} 需要从 0 开始的类别编号，而这里的目标从 {low:.4g} 到 {high:.4g}。",
        ),
        Text(
            en="Number the classes from 0 up; for quantities use a linear output and mean squared error.",
            zh="把类别从 0 开始编号；如果要预测数值，请用线性输出和均方误差。",
        ),
        certain=True,
    ),
    Case(
        spread_over,
        "problem",
        Text(
            en="For each row the output counts {given} and the target {wanted}: the loss repeats the shorter one "
            "without a word, and so compares what need not belong together.",
            zh="每个样本的输出有 {given} 个数，目标有 {wanted} 个数：损失会不声不响地把较短的一方重复使用，"
            "比较的两者未必对应。",
        ),
        Text(
            en="Let output and target count the same. One target a row: return_sequences=False in the last recurrent "
            "layer, Flatten or a global pooling for images. Several: as many units in the last layer.",
            zh="让输出与目标的数目相同。每个样本一个目标：最后一个循环层设 return_sequences=False，"
            "图像用 Flatten 或全局池化；多个目标：最后一层用同样多的单元。",
        ),
        fixable=False,
    ),
    Case(
        other_width,
        "problem",
        Text(
            en="{layer} gives {units} numbers a row, but the targets have {columns}.",
            zh="{layer} 每行给出 {units} 个数，而目标只有 {columns} 列。",
        ),
        Text(
            en="Give {layer} as many units as the targets have columns; for class numbers use softmax with "
            "sparse_categorical_crossentropy.",
            zh="让 {layer} 的单元数与目标的列数相同；如果目标是类别编号，"
            "请用 softmax 配合 sparse_categorical_crossentropy。",
        ),
        certain=True,
    ),
    Case(
        targets_no_shares,
        "problem",
        Text(
            en="{loss} needs targets between 0 and 1, but they run from {low:.4g} to {high:.4g}: the loss can fall "
            "below zero, and a lower one is no better.",
            zh="{loss} 的目标应在 0 到 1 之间，而这里从 {low:.4g} 到 {high:.4g}：损失会降到零以下，更低并不更好。",
        ),
        Text(
            en="For numbers use a linear output and mean squared error; for several classes one softmax unit a class "
            "and sparse_categorical_crossentropy; recode two classes as 0 and 1.",
            zh="预测数值请用线性输出和均方误差；多个类别请用每类一个 softmax 单元和 "
            "sparse_categorical_crossentropy；两个类别请编码为 0 和 1。",
        ),
        certain=True,
    ),
    Case(
        logits_unannounced,
        "problem",
        Text(
            en="{loss} expects probabilities, but {layer} has no activation and the loss is not told that it gets "
            "logits: what lies outside 0 to 1 is cut off and has no gradient.",
            zh="{loss} 需要概率，而 {layer} 没有激活函数，也没有告诉损失函数收到的是 logits："
            "0 到 1 之外的值会被截断，没有梯度。",
        ),
        Text(
            en="Give {layer} softmax (several classes) or sigmoid (yes or no), or pass from_logits=True to the loss.",
            zh="让 {layer} 使用 softmax（多个类别）或 sigmoid（是非判断），或给损失函数传入 from_logits=True。",
        ),
    ),
    Case(
        no_probabilities,
        "problem",
        Text(
            en="{loss} expects probabilities, which the {activation} of {layer} does not give.",
            zh="{loss} 需要概率，而 {layer} 的 {activation} 给出的不是概率。",
        ),
        Text(
            en="Give {layer} softmax (several classes) or sigmoid (yes or no) in place of {activation}.",
            zh="把 {layer} 的 {activation} 换成 softmax（多个类别）或 sigmoid（是非判断）。",
        ),
    ),
    Case(
        negative_counts,
        "problem",
        Text(
            en="{loss} is for counts, but the targets go down to {low:.4g}.",
            zh="{loss} 用于计数，而目标最小为 {low:.4g}。",
        ),
        Text(en="Use mean squared error.", zh="请使用均方误差。"),
        certain=True,
    ),
    Case(
        out_of_reach,
        "problem",
        Text(
            en="Targets run from {low:.4g} to {high:.4g}, further than the {activation} of {layer} can reach.",
            zh="目标从 {low:.4g} 到 {high:.4g}，超出了 {layer} 的 {activation} 能达到的范围。",
        ),
        _LINEAR,
    ),
    Case(
        softmax_for_numbers,
        "problem",
        Text(
            en="The softmax of {layer} makes its {units} outputs add up to 1; the targets do not.",
            zh="{layer} 的 softmax 使 {units} 个输出之和为 1，而目标并非如此。",
        ),
        Text(en="Leave the activation of {layer} away.", zh="去掉 {layer} 的激活函数。"),
    ),
)
