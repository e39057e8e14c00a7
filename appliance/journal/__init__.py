"""The journal: what happened, kept so that a pulled plug loses nobody."""
