"""The address that the site listens on: whether it is free, and how a browser names it."""

import errno
import ipaddress
import socket
from typing import Final

from dinghuo.kernel.errors import Refused

REFUSALS: Final = {
    errno.EADDRINUSE: ("port_in_use", "Port {port} is in use. Choose another: --port {other}. 端口 {port} 已被占用，请换一个。"),
    errno.EACCES: ("port_forbidden", "You may not listen on port {port}. Choose one above 1023. 无权使用端口 {port}。"),
    errno.EADDRNOTAVAIL: ("no_such_address", "This machine has no address {host}. 本机没有地址 {host}。"),
}


def refuse_unless_free(host: str, port: int) -> None:
    """Raise Refused with a sentence when the site could not listen there."""
    if not 0 < port < 65536:
        raise Refused(f"A port is a number from 1 to 65535, not {port}. 端口须在 1 到 65535 之间。", code="no_such_port")
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        with socket.socket(family, kind, protocol) as tried:
            # What a server before us left in TIME_WAIT does not stand in the way; a listener does.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
            tried.listen(1)
    except socket.gaierror as fault:
        raise Refused(f"There is no host {host}. 主机 {host} 不存在。", code="no_such_address") from fault
    except OSError as fault:
        code, sentence = REFUSALS.get(fault.errno or 0, ("cannot_listen", f"Cannot listen on {{host}}:{{port}}: {fault.strerror}."))
        raise Refused(sentence.format(host=host, port=port, other=port + 1), code=code) from fault


def url(host: str, port: int) -> str:
    """The address as a browser on this machine takes it."""
    name = reachable(host)
    return f"http://{f'[{name}]' if ':' in name else name}:{port}/"


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((reachable(host), port), timeout=1):
            return True
    except OSError:
        return False


def reachable(host: str) -> str:
    """The host itself, or this machine where the site listens on every address."""
    try:
        return "127.0.0.1" if ipaddress.ip_address(host).is_unspecified else host
    except ValueError:
        return host
