# What only Python 2 has, as the grammar knows it.
import urllib2

print "x", y
print >>sys.stderr, "to a file",
exec "code"
exec code in globals, locals


def f((a, b), c=1):
    try:
        urllib2.urlopen(`c`)
    except IOError, e:
        raise ValueError, "message"
    except (OSError, KeyError), e:
        raise E, "message", traceback
    if a <> b:
        print
    return 0777L, ur"text"
