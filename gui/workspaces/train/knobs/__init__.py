"""The knobs of the Train tab: settings that are turned while a run goes on."""
