import requests


class Items:
    def others(self):
        from .remote_items import list

        return list("http://items")

    async def names(self, rows):
        # ok: python/blocking-http
        return list(rows)
