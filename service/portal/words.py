"""Words of templates, put in when a template is compiled: a sentence without fields is the same for every reader."""

from collections.abc import Callable, Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

CALL = ["name", "lparen", "string", "rparen"]  # t("A sentence.")


class FixedWords(Extension):
    """Put the translation in the place of each ``t("...")`` without fields.

    What stands there is a text as before, and escaped as one. Each language has an environment of its own, and what
    translates a sentence is the environment's `words`.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Return the tokens of a template, with these calls as texts."""
        words: Callable[[str], str] = vars(self.environment)["words"]
        waiting: list[Token] = []
        for token in stream:
            waiting.append(token)
            if [one.type for one in waiting[-len(CALL) :]] == CALL and waiting[-len(CALL)].value == "t":
                waiting[-len(CALL) :] = [Token(token.lineno, "string", words(waiting[-2].value))]
            elif len(waiting) > len(CALL):
                yield waiting.pop(0)
        yield from waiting
