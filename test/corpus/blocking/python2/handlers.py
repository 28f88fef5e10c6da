import httplib
import urllib
import urllib2
from tornado import gen, web


class Rates(web.RequestHandler):
    @gen.coroutine
    def get(self):
        # ruleid: python/blocking-http
        body = urllib2.urlopen("http://rates/now").read()
        # ruleid: python/blocking-http
        urllib.urlopen("http://rates/now")
        connection = httplib.HTTPConnection("rates")
        # ruleid: python/blocking-http
        connection.request("GET", "/now")
        print "read", len(body)
        raise gen.Return(body)

    # ok: python/blocking-http
    def quote(self, text):
        return urllib.quote(text)
