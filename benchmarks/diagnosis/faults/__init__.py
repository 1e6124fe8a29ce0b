"""The faults, one a file; after the mutation operators of DeepCrime (ISSTA 2021) and the faults of field studies."""
