"""What is shown in place of a mark, an arrow or a line where the terminal has ASCII alone: one character for one, so that nothing moves.

Which characters the program itself uses is here; text from an account may hold any other.
"""

from __future__ import annotations

# A plain ? stands for "depends" and is therefore nobody's stand-in here.
_PAIRS = """
✓+ ✗x ≈~ –- —- ·- ∙. …~ •*
▸> ▹> ▾v ▿v ◂< ◃< ▴^ ▵^ ›> ‹< »> «<
→> ←< ↑^ ↓v ↔- ↕| ⇒> ↳` ↵<
─- ━= │| ┃| ┄- ┅= ┆| ┇| ┈- ┊: ═= ║| ╌- ╎| ╴- ╶- ╸= ╺= ╵| ╷| ╹| ╻|
┌+ ┐+ └+ ┘+ ├+ ┤+ ┬+ ┴+ ┼+ ┏+ ┓+ ┗+ ┛+ ┣+ ┫+ ┳+ ┻+ ╋+ ╔+ ╗+ ╚+ ╝+ ╠+ ╣+ ╦+ ╩+ ╬+
┍+ ┎+ ┑+ ┒+ ┕+ ┖+ ┙+ ┚+ ┝+ ┞+ ┟+ ┠+ ┡+ ┢+ ┥+ ┦+ ┧+ ┨+ ┩+ ┪+ ┭+ ┮+ ┯+ ┰+ ┱+ ┲+ ┵+ ┶+ ┷= ┸+ ┹+ ┺+ ┽+ ┾+ ┿+ ╀+ ╁+ ╂+
╭+ ╮+ ╯+ ╰+ ╞+ ╡+ ╤+ ╧+ ╪+
█# ▉# ▊# ▋# ▌# ▍| ▎| ▏| ▐# ▔- ▕| ▀# ▄# ▁_ ▂_ ▃_ ▅# ▆# ▇# ░. ▒: ▓%
●* ○o ◉* ◌o ■# □. ▪# ▫. ◆* ◇* ▶> ▷> ▼v ▽v ◀< ◁< ▲^ △^
“" ”" „" ‘' ’' ×x ±+ ≤< ≥> ≠! ∈e ∅0 ∞8 °o §S ␛^
"""

STAND_INS = {pair[0]: pair[1] for pair in _PAIRS.split()}
