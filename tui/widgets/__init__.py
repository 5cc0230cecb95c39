"""What is drawn and typed in: lists, lines, inputs. A widget says what happened to it and reaches for nothing."""
