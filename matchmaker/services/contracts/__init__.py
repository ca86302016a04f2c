"""The contract desk: filling in, amounts, submission, registration, payments, amendments."""
