"""What the session without Keras can be set to: one control of every kind."""

from __future__ import annotations

from kerastune_widget.core.control import Choice, ControlSpec
from kerastune_widget.core.text import Text


def _same(word: object) -> Text:
    return Text(en=str(word), zh=str(word))


CONTROLS = (
    ControlSpec(
        name="learning_rate",
        title=Text(en="Learning rate", zh="学习率"),
        kind="log_slider",
        default=0.001,
        minimum=1e-12,
        maximum=1e6,
        slider_range=(1e-6, 10.0),
        step=0.05,
        effect="step",
        help=Text(en="How far each step moves the weights.", zh="每一步移动权重的幅度。"),
    ),
    ControlSpec(
        name="batch_size",
        title=Text(en="Batch size", zh="批大小"),
        kind="choice",
        default=32,
        minimum=1,
        maximum=1500,
        choices=tuple(Choice(2**power, _same(2**power)) for power in range(11)),
        effect="epoch",
        help=Text(en="How many examples each step averages over.", zh="每一步平均多少个样本。"),
    ),
    ControlSpec(
        name="optimizer",
        title=Text(en="Optimizer", zh="优化器"),
        kind="choice",
        default="adam",
        choices=tuple(Choice(name.lower(), _same(name)) for name in ("Adam", "SGD", "RMSprop")),
        effect="epoch",
        help=Text(en="The rule that turns gradients into steps.", zh="把梯度变成更新步的规则。"),
    ),
    ControlSpec(
        name="dropout",
        title=Text(en="Dropout", zh="丢弃率"),
        kind="slider",
        default=0.2,
        minimum=0.0,
        maximum=0.95,
        step=0.05,
        effect="step",
        help=Text(en="Share of units silenced while training.", zh="训练时随机关闭的单元比例。"),
        parts=("dropout_1", "dropout_2"),
        part_defaults=(0.2, 0.2),
    ),
    ControlSpec(
        name="epochs",
        title=Text(en="Epochs", zh="训练轮数"),
        kind="integer",
        default=10,
        minimum=1,
        maximum=100_000,
        help=Text(en="How often a run goes through all training data.", zh="一次运行遍历全部训练数据的次数。"),
    ),
    ControlSpec(
        name="seed",
        title=Text(en="Seed", zh="随机种子"),
        kind="integer",
        default=0,
        minimum=0,
        maximum=2**31 - 1,
        help=Text(en="Fixes everything random in a run.", zh="固定一次运行中的所有随机性。"),
    ),
    ControlSpec(
        name="start",
        title=Text(en="Start from", zh="起始权重"),
        kind="choice",
        default="same",
        choices=(
            Choice("same", Text(en="same as the run before", zh="与上次运行相同")),
            Choice("new", Text(en="new weights from the seed", zh="按种子重新抽取")),
        ),
        help=Text(en="Which weights a run begins with.", zh="一次运行从哪些权重开始。"),
    ),
    ControlSpec(
        name="shuffle",
        title=Text(en="Shuffle each epoch", zh="每轮打乱顺序"),
        kind="toggle",
        default=True,
        effect="epoch",
        help=Text(en="Visit the rows in a new order each epoch.", zh="每轮以新的顺序访问数据。"),
    ),
    ControlSpec(
        name="l2",
        title=Text(en="Weight penalty", zh="权重惩罚"),
        kind="slider",
        default=None,
        minimum=0.0,
        maximum=0.1,
        optional=True,
        help=Text(en="Tick to add a penalty on large weights.", zh="勾选后，对过大的权重加以惩罚。"),
    ),
    ControlSpec(
        name="momentum",
        title=Text(en="Momentum", zh="动量"),
        kind="slider",
        default=0.9,
        minimum=0.0,
        maximum=1.0,
        disabled=Text(en="Adam has no momentum to set.", zh="Adam 没有可设置的动量。"),
    ),
)
