"""Carriers on a local port: they check every signature, and answer well, slowly, wrongly, or not at all, as a test tells them."""

import base64
import hashlib
import json
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PARTNER, CHECKWORD = "DINGHUO", "s3cret-ch*ck~word"
CUSTOMER, KEY, SALT = "CUST01", "kd-key", "kd-salt"
TOKEN = "t17-token"
USER, PASSWORD, API_KEY = "dhl-user", "dhl-pass", "dhl-key"
SLOW_SECONDS = 1.5

Reply = tuple[int, dict[str, Any] | bytes]


class Carriers:
    """What the carriers know, and how they are to behave: `moods` are used up one a call, "fine" when none is left."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.moods: list[str] = []
        self.orders: dict[str, str] = {}
        self.cancelled: set[str] = set()
        self.calls: Counter[str] = Counter()
        self.routes: dict[str, list[dict[str, Any]]] = {}
        self.refuses = ""
        self.url = ""

    def mood(self) -> str:
        with self.lock:
            return self.moods.pop(0) if self.moods else "fine"

    def waybill(self, ref: str) -> str | None:
        """A new waybill for a reference, or None when there is one already."""
        with self.lock:
            if ref in self.orders:
                return None
            self.orders[ref] = f"SF{1000 + len(self.orders)}"
            return self.orders[ref]

    def sf(self, form: dict[str, str]) -> dict[str, Any]:
        signed = form["msgData"] + form["timestamp"] + CHECKWORD
        # Written out by hand, byte by byte, as Java's URLEncoder does it.
        encoded = "".join(
            chr(byte)
            if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "*-._")
            else "+"
            if byte == 32
            else f"%{byte:02X}"
            for byte in signed.encode()
        )
        if base64.b64encode(hashlib.md5(encoded.encode()).digest()).decode() != form["msgDigest"] or form["partnerID"] != PARTNER:
            return {"apiResultCode": "A1006", "apiErrorMsg": "signature", "apiResultData": ""}
        self.calls[form["serviceCode"]] += 1
        data = getattr(self, form["serviceCode"].lower())(json.loads(form["msgData"]))
        return {"apiResultCode": "A1000", "apiErrorMsg": "", "apiResultData": json.dumps(data, ensure_ascii=False)}

    def exp_rece_create_order(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.refuses:
            return {"success": False, "errorCode": "8057", "errorMsg": self.refuses, "msgData": None}
        number = self.waybill(asked["orderId"])
        if number is None:
            return {"success": False, "errorCode": "8016", "errorMsg": "重复下单", "msgData": None}
        return ordered(asked["orderId"], number)

    def exp_rece_search_order_resp(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = self.orders.get(asked["orderId"])
        if number is None:
            return {"success": False, "errorCode": "8024", "errorMsg": "未下单", "msgData": None}
        return ordered(asked["orderId"], number)

    def exp_rece_update_order(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["orderId"] in self.cancelled:
            return {"success": False, "errorCode": "8037", "errorMsg": "已消单", "msgData": None}
        self.cancelled.add(asked["orderId"])
        return {"success": True, "errorCode": "S0000", "msgData": {"orderId": asked["orderId"], "resStatus": 2}}

    def com_rece_cloud_print_waybills(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = asked["documents"][0]["masterWaybillNo"]
        file = {"url": f"{self.url}/files/{number}.pdf", "token": "file-token", "waybillNo": number}
        return {"success": True, "obj": {"files": [file]}}

    def exp_rece_search_routes(self, asked: dict[str, Any]) -> dict[str, Any]:
        found = [{"mailNo": number, "routes": self.routes.get(number, [])} for number in asked["trackingNumber"]]
        return {"success": True, "errorCode": "S0000", "msgData": {"routeResps": found}}

    def kuaidi_query(self, form: dict[str, str]) -> dict[str, Any]:
        signed = hashlib.md5((form["param"] + KEY + CUSTOMER).encode()).hexdigest().upper()
        if form["sign"] != signed or form["customer"] != CUSTOMER:
            return {"result": False, "returnCode": "503", "message": "验证签名失败"}
        self.calls["kuaidi_query"] += 1
        asked = json.loads(form["param"])
        if asked["num"] not in self.routes:
            return {"result": False, "returnCode": "500", "message": "查询无结果"}
        return {"message": "ok", "status": "200", "nu": asked["num"], "com": asked["com"], "data": self.routes[asked["num"]]}

    def kuaidi_poll(self, form: dict[str, str]) -> dict[str, Any]:
        asked = json.loads(form["param"])
        if asked["key"] != KEY or asked["parameters"]["salt"] != SALT:
            return {"result": False, "returnCode": "600", "message": "key"}
        self.calls[f"follow {asked['number']} {asked['parameters']['callbackurl']}"] += 1
        return {"result": True, "returnCode": "200", "message": "提交成功"}

    def track17(self, what: str, token: str, asked: list[dict[str, Any]]) -> Reply:
        if token != TOKEN:
            return 401, {"code": -18010002, "data": {}}
        self.calls[f"track17 {what}"] += 1
        accepted = [track_info(row["number"], self.routes.get(row["number"], [])) for row in asked]
        return 200, {"code": 0, "data": {"accepted": accepted, "rejected": []}}

    def dhl_order(self, query: dict[str, str], asked: dict[str, Any]) -> Reply:
        self.calls["dhl order"] += 1
        shipment = asked["shipments"][0]
        if not shipment["consignee"]["postalCode"] or self.refuses:
            fault = {"property": "consignee.postalCode", "validationMessage": self.refuses or "missing", "validationState": "Error"}
            item = {"sstatus": {"statusCode": 400}, "validationMessages": [fault]}
            return 400, {"status": {"title": "Bad Request", "statusCode": 400}, "items": [item]}
        self.waybill(shipment["refNo"] + str(self.calls["dhl order"]))
        return 200, {"status": {"statusCode": 200}, "items": [dhl_item(f"0034{len(self.orders)}", query)]}


def ordered(ref: str, number: str) -> dict[str, Any]:
    found = {"orderId": ref, "waybillNoInfoList": [{"waybillType": 1, "waybillNo": number}]}
    return {"success": True, "errorCode": "S0000", "errorMsg": None, "msgData": found}


def track_info(number: str, events: list[dict[str, Any]]) -> dict[str, Any]:
    window = {"from": "2026-03-18T00:00:00Z", "to": "2026-03-19T00:00:00Z"}
    info = {"time_metrics": {"estimated_delivery_date": window}, "tracking": {"providers": [{"events": events}]}}
    return {"number": number, "carrier": 100012, "track_info": info}


def dhl_item(number: str, query: dict[str, str]) -> dict[str, Any]:
    label = (
        {"zpl2": "^XA^FO50,50^FDlabel^FS^XZ"} if query["docFormat"] == "ZPL2" else {"b64": base64.b64encode(b"%PDF-1.4").decode()}
    )
    return {"shipmentNo": number, "sstatus": {"statusCode": 200}, "label": label}


class Desk(BaseHTTPRequestHandler):
    """Takes one call to a carrier."""

    carriers: Carriers

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self.serve()

    def do_POST(self) -> None:
        self.serve()

    def do_DELETE(self) -> None:
        self.serve()

    def serve(self) -> None:
        """Answer as the mood of the moment is; "lost" does the work and tells nobody."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        mood = "fine" if self.path.startswith("/files/") else self.carriers.mood()
        if mood == "down":
            self.close_connection = True
            return
        if mood == "busy":
            self.send(429, {})
            return
        status, body = self.work(raw)
        if mood == "lost":
            self.close_connection = True
        elif mood == "slow":
            time.sleep(SLOW_SECONDS)
            self.send(status, body)
        elif mood == "garbage":
            self.send(200, b"<html>gateway</html>")
        elif mood == "fault":
            self.send(502, {})
        else:
            self.send(status, body)

    def work(self, raw: bytes) -> Reply:
        """Do what is asked."""
        where = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(where.query))
        if where.path.startswith("/files/"):
            good = self.headers.get("X-Auth-token") == "file-token"
            return (200, b"%PDF-1.7 label") if good else (401, b"")
        if where.path.startswith("/track/v2.2/"):
            return self.carriers.track17(where.path.rsplit("/", 1)[1], self.headers.get("17token", ""), json.loads(raw))
        if where.path.startswith(("/parcel/", "/track/shipments")):
            return self.dhl(where.path, query, raw)
        form = dict(urllib.parse.parse_qsl(raw.decode(), keep_blank_values=True))
        routes = {
            "/std/service": self.carriers.sf,
            "/poll/query.do": self.carriers.kuaidi_query,
            "/poll": self.carriers.kuaidi_poll,
        }
        return 200, routes[where.path](form)

    def dhl(self, path: str, query: dict[str, str], raw: bytes) -> Reply:
        signed = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("dhl-api-key") != API_KEY or self.headers.get("Authorization") != signed:
            return 401, {"status": {"title": "Unauthorized", "detail": "key"}}
        if path == "/track/shipments":
            events = self.carriers.routes.get(query["trackingNumber"])
            found = {"id": query["trackingNumber"], "events": events, "estimatedTimeOfDelivery": "2026-03-20T12:00:00Z"}
            return (200, {"shipments": [found]}) if events else (404, {"detail": "no shipment"})
        if self.command == "DELETE":
            self.carriers.cancelled.add(query["shipment"])
            return 200, {"status": {"statusCode": 200}, "items": []}
        if self.command == "GET":
            return 200, {"status": {"statusCode": 200}, "items": [dhl_item(query["shipment"], query)]}
        return self.carriers.dhl_order(query, json.loads(raw))

    def send(self, status: int, body: dict[str, Any] | bytes) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)
        except OSError:
            # Whoever asked has given up waiting.
            self.close_connection = True


@contextmanager
def running() -> Iterator[Carriers]:
    """Carriers on a port of their own, until the block ends."""
    carriers = Carriers()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("TheDesk", (Desk,), {"carriers": carriers}))
    server.daemon_threads = True
    carriers.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield carriers
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
