"""Where everything of Microsoft's is: its own addresses, or those of a stand-in."""

from dataclasses import dataclass

BOT = "https://api.botframework.com/.default"
GRAPH = "https://graph.microsoft.com/.default"


@dataclass(frozen=True)
class Places:
    """The addresses that we ask; ``plain`` is the only one that may be reached without TLS."""

    login: str = "https://login.microsoftonline.com"
    keys: str = "https://login.botframework.com/v1/.well-known/keys"
    graph: str = "https://graph.microsoft.com/v1.0"
    connector: str = "https://smba.trafficmanager.net/teams"
    plain: str = ""

    @classmethod
    def at(cls, stand_in: str | None) -> "Places":
        """Microsoft's own; or all of them at a stand-in's one address."""
        if not stand_in:
            return cls()
        # MSAL speaks TLS or nothing, so the stand-in's logins go by a name of their own (see tokens.Line).
        return cls(
            login="https://login.stand-in.example",
            keys=f"{stand_in}/v1/.well-known/keys",
            graph=f"{stand_in}/graph/v1.0",
            connector=f"{stand_in}/connector",
            plain=stand_in,
        )

    def may_be_spoken_to(self, service: str) -> bool:
        """Whether our token may be sent there: it always goes over TLS."""
        return service.startswith("https://") or bool(self.plain and f"{service}/".startswith(f"{self.plain}/"))
