"""The classes of a script that follow a schedule which Keras has no class for."""

from __future__ import annotations

from ...core.text import Text
from .code_printer import definition

_RATE = Text(
    en="Multiplies the learning rate by a factor for each step of the run.", zh="按运行中的每一步为学习率乘上系数。"
)
_WARM_UP = Text(
    en="Rises in a straight line from 0, then follows a schedule.", zh="先从 0 直线上升，然后按学习率计划变化。"
)
_PLATEAU = Text(
    en="Counts epochs without improvement, over several calls of fit.", zh="在多次 fit 之间统计没有改善的轮数。"
)
_MOMENTUM = Text(en="Moves the optimizer's momentum with each step.", zh="每一步改变优化器的动量。")
_NUMBER = Text(
    en="A number that the compiled training step reads from a variable.", zh="编译后的训练步从变量中读取的数。"
)


def rate_lines(language: str, *, warms: bool, watches: bool, counts: bool) -> list[str]:
    """Return the callback that sets the rate of each step.

    Args:
        language: Of its words.
        warms: Whether some stretch warms up.
        watches: Whether some stretch watches a plateau.
        counts: Whether the steps of an epoch are known before it ends.
    """
    options = [*(["warmup_epochs=0.0"] if warms else []), *(["watch=None"] if watches else []), "**parameters"]
    total = "self.epochs * steps - warmup" if warms else "self.epochs * steps"
    return [
        "",
        "class ScheduledRate(keras.callbacks.Callback):",
        f'    """{_RATE.get(language)}"""',
        "",
        *definition("__init__", ["self", "rate", "factor", "epochs", *options], indent=4),
        "        super().__init__()",
        "        self.rate, self.factor, self.epochs, self.epoch = rate, factor, epochs, 0",
        *(["        self.warmup_epochs = warmup_epochs"] if warms else []),
        *(["        self.watch = watch"] if watches else []),
        "        self.parameters = parameters",
        "",
        "    def on_epoch_begin(self, epoch, logs=None):",
        "        self.epoch = epoch",
        "",
        "    def on_train_batch_begin(self, batch, logs=None):",
        *_position(counts),
        "        factor = self.factor_at(step, steps)",
        *(["        if self.watch is not None:", "            factor *= self.watch.factor"] if watches else []),
        "        self.model.optimizer.learning_rate = self.rate * factor",
        "",
        "    def factor_at(self, step, steps):",
        *(["        warmup = math.floor(self.warmup_epochs * steps + 0.5)"] if warms else []),
        *(["        if step < warmup:", "            return step / warmup", "        step -= warmup"] if warms else []),
        f"        total = max(1, {total})",
        '        run = {"steps_per_epoch": steps, "total_steps": total}',
        "        return float(self.factor(np.float64(step), **run, **self.parameters))",
        "",
    ]


def _position(counts: bool) -> list[str]:
    if counts:
        return ['        steps = self.params["steps"]', "        step = self.epoch * steps + batch"]
    return ["        steps, step = 1, self.epoch"]


def warm_up_lines(language: str) -> list[str]:
    """Return the schedule that rises before another."""
    return [
        "",
        "class WarmUp(keras.optimizers.schedules.LearningRateSchedule):",
        f'    """{_WARM_UP.get(language)}"""',
        "",
        "    def __init__(self, rate, steps, schedule):",
        "        self.rate, self.steps, self.schedule = rate, steps, schedule",
        "",
        "    def __call__(self, step):",
        '        step = keras.ops.cast(step, "float32")',
        "        after = self.schedule(keras.ops.maximum(step - self.steps, 0.0))",
        "        rising = self.rate * step / self.steps",
        "        return keras.ops.where(step < self.steps, rising, after)",
        "",
        "    def get_config(self):",
        '        return {"rate": self.rate, "steps": self.steps, "schedule": self.schedule}',
        "",
        "",
    ]


def plateau_lines(language: str) -> list[str]:
    """Return the callback that watches a plateau over several calls of ``fit``."""
    return [
        "",
        "class Plateau(keras.callbacks.Callback):",
        f'    """{_PLATEAU.get(language)}"""',
        "",
        *definition(
            "__init__",
            ["self", "monitor", "cut", "patience", "min_delta", "cooldown", "lowest", 'mode="min"'],
            indent=4,
        ),
        "        super().__init__()",
        "        self.monitor, self.cut, self.patience = monitor, cut, patience",
        "        self.min_delta, self.cooldown, self.lowest = min_delta, cooldown, lowest",
        '        self.sign = 1 if mode == "min" else -1',
        "        self.best, self.waited, self.cooling, self.factor = None, 0, 0, 1.0",
        "",
        "    def on_epoch_end(self, epoch, logs=None):",
        "        loss = self.sign * logs[self.monitor]",
        "        if self.cooling:",
        "            self.cooling, self.waited = self.cooling - 1, 0",
        "        at_most = np.float32(loss + self.min_delta)",
        "        if self.best is None or at_most < np.float32(self.best):",
        "            self.best, self.waited = loss, 0",
        "        elif not self.cooling:",
        "            self.waited += 1",
        "            if self.waited >= self.patience and self.factor > self.lowest:",
        "                self.factor = max(self.factor * self.cut, self.lowest)",
        "                self.cooling, self.waited = self.cooldown, 0",
        "",
    ]


def momentum_lines(language: str, place: str, *, counts: bool) -> list[str]:
    """Return the callback that moves the momentum, and what it puts in its place.

    Args:
        language: Of their words.
        place: The source that reaches the optimizer.
        counts: Whether the steps of an epoch are known before it ends.
    """
    return [
        "",
        "class MovedNumber:",
        f'    """{_NUMBER.get(language)}"""',
        "",
        "    def __init__(self, own):",
        '        self.own, self.variable = own, tf.Variable(own, dtype="float64")',
        "",
        "    def __tf_tensor__(self, dtype=None, name=None):",
        "        return tf.cast(self.variable, dtype or keras.config.floatx())",
        "",
        "    def __rsub__(self, other):",
        "        return tf.cast(other - self.variable, keras.config.floatx())",
        "",
        "    def __ne__(self, other):",
        "        return self.own != other",
        "",
        "    def __gt__(self, other):",
        "        return self.own > other",
        "",
        "",
        "class ScheduledMomentum(keras.callbacks.Callback):",
        f'    """{_MOMENTUM.get(language)}"""',
        "",
        "    def __init__(self, name, momentum, epochs, **parameters):",
        "        super().__init__()",
        "        self.name, self.momentum, self.epochs = name, momentum, epochs",
        "        self.parameters, self.epoch = parameters, 0",
        "",
        "    def on_train_begin(self, logs=None):",
        f"        self.moved = MovedNumber(getattr({place}, self.name))",
        f"        setattr({place}, self.name, self.moved)",
        "        self.model.make_train_function(force=True)",
        "",
        "    def on_train_end(self, logs=None):",
        f"        setattr({place}, self.name, self.moved.own)",
        "        self.model.make_train_function(force=True)",
        "",
        "    def on_epoch_begin(self, epoch, logs=None):",
        "        self.epoch = epoch",
        "",
        "    def on_train_batch_begin(self, batch, logs=None):",
        *_position(counts),
        '        run = {"steps_per_epoch": steps, "total_steps": self.epochs * steps}',
        "        momentum = self.momentum(np.float64(step), **run, **self.parameters)",
        "        self.moved.variable.assign(momentum)",
        "",
    ]
