namespace Pier.Contracts.Http2;

/// <summary>HPACK's two tables (RFC 7541 section 2.3): the fixed one, and what the peer has put into the other.</summary>
sealed class HeaderTable
{
    /// <summary>SETTINGS_HEADER_TABLE_SIZE, which is never changed here.</summary>
    const int Capacity = 4096;

    static readonly (string Name, string Value)[] Static =
    [
        (":authority", ""),
        (":method", "GET"),
        (":method", "POST"),
        (":path", "/"),
        (":path", "/index.html"),
        (":scheme", "http"),
        (":scheme", "https"),
        (":status", "200"),
        (":status", "204"),
        (":status", "206"),
        (":status", "304"),
        (":status", "400"),
        (":status", "404"),
        (":status", "500"),
        ("accept-charset", ""),
        ("accept-encoding", "gzip, deflate"),
        ("accept-language", ""),
        ("accept-ranges", ""),
        ("accept", ""),
        ("access-control-allow-origin", ""),
        ("age", ""),
        ("allow", ""),
        ("authorization", ""),
        ("cache-control", ""),
        ("content-disposition", ""),
        ("content-encoding", ""),
        ("content-language", ""),
        ("content-length", ""),
        ("content-location", ""),
        ("content-range", ""),
        ("content-type", ""),
        ("cookie", ""),
        ("date", ""),
        ("etag", ""),
        ("expect", ""),
        ("expires", ""),
        ("from", ""),
        ("host", ""),
        ("if-match", ""),
        ("if-modified-since", ""),
        ("if-none-match", ""),
        ("if-range", ""),
        ("if-unmodified-since", ""),
        ("last-modified", ""),
        ("link", ""),
        ("location", ""),
        ("max-forwards", ""),
        ("proxy-authenticate", ""),
        ("proxy-authorization", ""),
        ("range", ""),
        ("referer", ""),
        ("refresh", ""),
        ("retry-after", ""),
        ("server", ""),
        ("set-cookie", ""),
        ("strict-transport-security", ""),
        ("transfer-encoding", ""),
        ("user-agent", ""),
        ("vary", ""),
        ("via", ""),
        ("www-authenticate", ""),
    ];

    // The newest first, as it is counted.
    readonly LinkedList<(string Name, string Value)> _dynamic = new();
    int _size;
    int _limit = Capacity;

    /// <summary>The entry of an index from 1. Throws where there is none.</summary>
    internal (string Name, string Value) this[int index]
    {
        get
        {
            if (index < 1 || index > Static.Length + _dynamic.Count)
                throw new Http2Exception(Http2Error.Compression, "invalid header index");
            if (index <= Static.Length)
                return Static[index - 1];
            var node = _dynamic.First!;
            for (var i = Static.Length + 1; i < index; i++)
                node = node.Next!;
            return node.Value;
        }
    }

    internal void Add(string name, string value)
    {
        var size = SizeOf(name, value);
        _dynamic.AddFirst((name, value));
        _size += size;
        Evict();
    }

    internal void Resize(int limit)
    {
        if (limit > Capacity)
            throw new Http2Exception(Http2Error.Compression, "header table too large");
        _limit = limit;
        Evict();
    }

    /// <summary>RFC 7541 section 4.1.</summary>
    internal static int SizeOf(string name, string value) => name.Length + value.Length + 32;

    void Evict()
    {
        while (_size > _limit && _dynamic.Last is { } oldest)
        {
            _size -= SizeOf(oldest.Value.Name, oldest.Value.Value);
            _dynamic.RemoveLast();
        }
    }
}
