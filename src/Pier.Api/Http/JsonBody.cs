using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Pier.Model;

namespace Pier.Api.Http;

/// <summary>A request's JSON body, whole and bounded, with Go's reading of null.</summary>
static class JsonBody
{
    /// <summary>More than any configuration needs; a body without end must not fill the daemon's memory.</summary>
    const int Limit = 8 << 20;

    /// <summary>Reads the body; throws InvalidParameter for a wrong content type, none at all, or more than one value.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(ApiRequest request)
    {
        CheckContentType(request.Http.Request);
        var body = await ReadBoundedAsync(request);
        if (body.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            throw new InvalidParameterException("invalid JSON: got EOF while reading request body");
        return GoNulls.Strip(body);
    }

    /// <summary>Reads the body as one value.</summary>
    public static async Task<T> ReadAsync<T>(ApiRequest request, JsonTypeInfo<T> type) => Parse(await ReadAsync(request), type);

    /// <summary>The same, where a missing body, or Go's null for one, means the defaults.</summary>
    public static async Task<T?> ReadOptionalAsync<T>(ApiRequest request, JsonTypeInfo<T> type)
        where T : class
    {
        var body = await ReadBoundedAsync(request);
        return body.Span.Trim(" \t\r\n"u8) is var text && (text.IsEmpty || text.SequenceEqual("null"u8))
            ? null
            : Parse(GoNulls.Strip(body), type);
    }

    public static T Parse<T>(ReadOnlyMemory<byte> body, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body.Span, type) ?? throw new InvalidParameterException("invalid JSON: null");
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException("invalid JSON: " + JsonFault.Of(e, body.Span), e);
        }
    }

    static void CheckContentType(HttpRequest request)
    {
        var type = request.ContentType;
        if (type is null && request.ContentLength is null or 0)
            return;
        if (string.IsNullOrEmpty(type))
            throw new InvalidParameterException("malformed Content-Type header (): mime: no media type");
        var media = type.AsSpan();
        var semicolon = media.IndexOf(';');
        if (semicolon >= 0)
            media = media[..semicolon];
        if (!media.Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase))
            throw new InvalidParameterException($"unsupported Content-Type header ({type}): must be 'application/json'");
    }

    static async Task<ReadOnlyMemory<byte>> ReadBoundedAsync(ApiRequest request)
    {
        var reader = request.Http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(request.Aborted);
            if (read.Buffer.Length > Limit)
                throw new InvalidParameterException("request body too large");
            if (!read.IsCompleted)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }
            var body = read.Buffer.ToArray();
            reader.AdvanceTo(read.Buffer.End);
            return body;
        }
    }
}
