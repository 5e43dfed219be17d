"""How commands and signs are spelled: the tables behind `assay.written.tokens`."""

from __future__ import annotations

GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
    "upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
).split()
NAMES = (
    {name: name for name in GREEK}
    | {f"var{name}": name for name in ("epsilon", "theta", "pi", "rho", "sigma", "phi")}
    | {"ell": "ell", "infty": "infty", "R": "bb R", "emptyset": "emptyset"}
    | dict.fromkeys(("dots", "ldots", "cdots", "vdots", "ddots", "dotsc", "dotsb", "dotsm"), "dots")
    | {"star": "*", "ast": "*", "top": "top", "intercal": "top", "prime": "'", "Re": "Re"}
)
FUNCTIONS = {
    "log": "log",
    "ln": "log",
    "exp": "exp",
    "det": "det",
    "diag": "diag",
    "tr": "tr",
    "trace": "tr",
    "min": "min",
    "max": "max",
    "clip": "clip",
    "clamp": "clip",
    "median": "median",
    "med": "median",
    "mid": "median",
    "sign": "sign",
    "sgn": "sign",
    "relu": "relu",
    "sum": "total",
    "prod": "product",
    "argmin": "argmin",
    "argmax": "argmax",
    "proj": "proj",
    "vec": "vec",
    "vect": "vec",
    "blkdiag": "diag",
    "blockdiag": "diag",
    "bdiag": "diag",
    "blockdiagonal": "diag",
    "abs": "abs",
    "arg": "arg",
}
BARE = frozenset(
    "log ln exp det diag min max clip clamp median argmin proj vec sign relu sum".split()
)
BARE_TEXT = frozenset("if otherwise else and or where when for".split())
LONGEST = max(map(len, BARE))
WORDS = {
    "log": "log",
    "ln": "log",
    "lg": "log",
    "exp": "exp",
    "det": "det",
    "min": "min",
    "max": "max",
    "arg": "arg",
    "argmin": "argmin",
    "argmax": "argmax",
    "diag": "diag",
    "tr": "tr",
    "Tr": "tr",
    "sgn": "sign",
    "sign": "sign",
    "clip": "clip",
    "proj": "proj",
    "frac": "frac",
    "dfrac": "frac",
    "tfrac": "frac",
    "cfrac": "frac",
    "sfrac": "frac",
    "nicefrac": "frac",
    "flatfrac": "frac",
    "sqrt": "sqrt",
    "int": "int",
    "smallint": "int",
    "intop": "int",
    "sum": "sum",
    "prod": "prod",
    "nabla": "nabla",
    "grad": "nabla",
    "gradient": "nabla",
    "partial": "partial",
    "E": "E",
    "EE": "E",
    "expect": "E",
    "Expect": "E",
    "1": "one",
    "ind": "one",
}
RELATIONS = {
    "equiv": "=",
    "coloneqq": ":=",
    "coloneq": ":=",
    "defeq": ":=",
    "eqdef": ":=",
    "triangleq": ":=",
    "doteq": ":=",
    "le": "<=",
    "leq": "<=",
    "leqslant": "<=",
    "lt": "<",
    "ge": ">=",
    "geq": ">=",
    "geqslant": ">=",
    "gt": ">",
    "neq": "!=",
    "ne": "!=",
    "in": "in",
    "notin": "notin",
    "approx": "approx",
    "simeq": "simeq",
    "cong": "cong",
    "propto": "propto",
    "sim": "sim",
    "ll": "ll",
    "gg": "gg",
    "subset": "subset",
    "subseteq": "subseteq",
    "preceq": "preceq",
    "succeq": "succeq",
}
IMPLICATIONS = dict.fromkeys(
    (
        "Rightarrow implies Longrightarrow iff Leftrightarrow Longleftrightarrow therefore to "
        "rightarrow longrightarrow leadsto Leftarrow impliedby mapsto leftrightarrow"
    ).split(),
    "=>",
) | {"because": "because"}
SIGNS = {
    "cdot": "*",
    "times": "*",
    "bullet": "*",
    "circ": "circ",
    "odot": "odot",
    "otimes": "otimes",
    "div": "/",
    "pm": "pm",
    "mp": "pm",
    "mid": "|",
    "vert": "|",
    "colon": ":",
    "semicolon": ";",
    "{": "\\{",
    "}": "\\}",
    "lbrace": "\\{",
    "rbrace": "\\}",
    "lbrack": "[",
    "rbrack": "]",
    "|": "norm",
    "Vert": "norm",
    "land": "land",
    "wedge": "land",
    "lor": "lor",
    "vee": "lor",
    "forall": "forall",
    "/": "/",
    "_": "_",
    "comma": ",",
    "&": "&",
}
BOUNDS = {
    "lvert": ("|", "open"),
    "rvert": ("|", "close"),
    "lVert": ("norm", "open"),
    "rVert": ("norm", "close"),
    "lparen": ("(", "open"),
    "rparen": (")", "close"),
    "langle": ("<", "open"),
    "rangle": (">", "close"),
}
QUADS = {"quad": " ", "qquad": " "}
DELIMITERS = {
    "\\{": "\\{",
    "\\}": "\\}",
    "\\lbrace": "\\{",
    "\\rbrace": "\\}",
    "\\lbrack": "[",
    "\\rbrack": "]",
    "\\|": "norm",
    "\\Vert": "norm",
    "\\lVert": "norm",
    "\\rVert": "norm",
    "\\vert": "|",
    "\\lvert": "|",
    "\\rvert": "|",
    "\\mid": "|",
    "\\langle": "<",
    "\\rangle": ">",
    "\\lparen": "(",
    "\\rparen": ")",
}
SIZES = [
    "left",
    "right",
    "middle",
    *(size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")),
]
FONTS = (
    "mathbf boldsymbol bm bold pmb mathrm mathit mathsf mathtt mathbb mathbbm mathds mathcal "
    "mathscr mathfrak operatorname text textrm textbf textit textsf texttt textnormal mbox mathop "
    "mathrel mathbin mathord mathnormal emph intertext shortintertext operatornamewithlimits "
    "symbf symbb symrm hbox"
).split()
TEXTS = frozenset(
    "text textrm textbf textit textsf texttt textnormal mbox emph intertext shortintertext hbox".split()
)
ACCENTS = {
    "hat": "hat",
    "widehat": "hat",
    "tilde": "tilde",
    "widetilde": "tilde",
    "bar": "bar",
    "overline": "bar",
    "dot": "dot",
    "check": "check",
    "vec": "",
    "underline": "",
}
WRAPPERS = (
    "boxed underbrace overbrace underbracket cancel bcancel xcancel sout smash mathclap mathllap "
    "mathrlap mathstrut fbox ensuremath left. substack"
).split()
ARROWS_WITH_TEXT = (
    "xrightarrow xRightarrow xlongequal xequal xLeftrightarrow xLongrightarrow xleftarrow".split()
)
WITH_DROPPED_ARGUMENT = (
    "tag label hspace vspace phantom hphantom vphantom color eqref ref cite footnote raisebox "
    "setlength footnotemark mspace kern newcommand renewcommand"
).split()
DROPPED = frozenset(
    (
        ", ; : ! > nonumber notag displaystyle textstyle scriptstyle scriptscriptstyle limits "
        "nolimits rm bf it sf tt sl cal mathsurround allowbreak nobreak noindent centering hline "
        "qedhere qed hfill hfil qty small large Large LARGE huge tiny footnotesize normalsize "
        "par newpage relax strut medspace thinspace thickspace negthinspace enspace enskip item "
        "protect boldmath unboldmath square blacksquare Box smallskip medskip bigskip left. "
        "allowdisplaybreaks ensuremath underbar / null bfseries itshape rmfamily @ - _ # % $"
    ).split()
) - {"_", "/"} | {" ", "\n", "\t", ""}
UNICODE = {
    "∇": r"\nabla ",
    "∂": r"\partial ",
    "∫": r"\int ",
    "∑": r"\sum ",
    "∏": r"\prod ",
    "Π": r"\Pi ",
    "·": r"\cdot ",
    "⋅": r"\cdot ",
    "∙": r"\cdot ",
    "×": r"\times ",
    "⊗": r"\otimes ",
    "⊙": r"\odot ",
    "−": "-",
    "–": "-",
    "—": "-",
    "∗": "*",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\ne ",
    "≈": r"\approx ",
    "≡": r"\equiv ",
    "∝": r"\propto ",
    "≔": ":=",
    "∈": r"\in ",
    "∉": r"\notin ",
    "∼": r"\sim ",
    "∞": r"\infty ",
    "±": r"\pm ",
    "⇒": r"\Rightarrow ",
    "⟹": r"\Rightarrow ",
    "⇔": r"\Leftrightarrow ",
    "→": r"\to ",
    "∴": r"\therefore ",
    "∵": r"\because ",
    "∣": "|",
    "∥": r"\|",
    "‖": r"\|",
    "′": "'",
    "ᵀ": r"^\top ",
    "⊤": r"\top ",
    "…": r"\dots ",
    "⋯": r"\dots ",
    "ϕ": r"\phi ",
    "φ": r"\phi ",
    "θ": r"\theta ",
    "λ": r"\lambda ",
    "μ": r"\mu ",
    "ν": r"\nu ",
    "σ": r"\sigma ",
    "τ": r"\tau ",
    "π": r"\pi ",
    "α": r"\alpha ",
    "β": r"\beta ",
    "ε": r"\epsilon ",
    "η": r"\eta ",
    "Φ": r"\Phi ",
    "Σ": r"\Sigma ",
    "Λ": r"\Lambda ",
    "𝔼": r"\mathbb{E}",
    "ℝ": r"\mathbb{R}",
    "𝟙": r"\mathbb{1}",
    "ℓ": r"\ell ",
    "∧": r"\land ",
    "∨": r"\lor ",
    "∀": r"\forall ",
    "½": r"\frac{1}{2}",
    "⁻": "^-",
    "\u00a0": " ",
    "\u2009": " ",
    "\u200b": "",
    "\ufeff": "",
    "，": ",",
    "（": "(",
    "）": ")",
    "＝": "=",
} | {sup: f"^{plain}" for sup, plain in zip("⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵐ", "0123456789nm", strict=True)} | {
    sub: f"_{plain}" for sub, plain in zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₘ", "0123456789ijknm", strict=True)
}
