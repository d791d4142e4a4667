"""The rules as one value: what makes a stage, a qualification, a score, a standing."""
