"""What a person with experience would say of a training that goes on: rules with measured numbers, one file a rule."""
