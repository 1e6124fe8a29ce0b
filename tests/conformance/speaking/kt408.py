from kerastune_widget.core.data_profile import DataProfile, TargetProfile
from kerastune_widget.core.history import History
from kerastune_widget.core.model_profile import LayerProfile, ModelProfile, OutputProfile

HISTORY = History(
    model=ModelProfile(
        (LayerProfile("dense", "Dense", units=1, parameters=11),),
        (OutputProfile(layer="dense", units=1, activation="linear", loss="mean_squared_error"),),
    ),
    data=DataProfile(rows=442, targets=(TargetProfile(minimum=25.0, maximum=346.0, mean=152.0, spread=77.0),)),
)
