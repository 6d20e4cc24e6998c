using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Pier.Model;
using Pier.Model.Distribution;

namespace Pier.Registry.Http;

/// <summary>One request with what its endpoint needs. Name is a valid repository name where the route has one.</summary>
sealed class RegistryRequest(HttpContext http, RegistryHouse house, RegistryRoute route)
{
    public HttpContext Http => http;
    public RegistryHouse House => house;
    public string Name => route.Name;
    public string Reference => route.Reference;
    public HttpRequest Request => http.Request;
    public HttpResponse Response => http.Response;
    public CancellationToken Aborted => http.RequestAborted;
    public bool IsHead => HttpMethods.IsHead(http.Request.Method);

    /// <summary>A query parameter, or null when it is missing or empty.</summary>
    public string? Query(string key) =>
        http.Request.Query.TryGetValue(key, out var value) && value is [{ Length: > 0 } text, ..] ? text : null;

    /// <summary>The reference as a digest; throws DIGEST_INVALID.</summary>
    public Digest Digest() => ParseDigest(Reference);

    public static Digest ParseDigest(string text) =>
        Model.Digest.TryParse(text, out var digest)
            ? digest
            : throw new RegistryException(
                400,
                RegistryErrorCode.DigestInvalid,
                "provided digest did not match uploaded content: invalid checksum digest format"
            );

    /// <summary>Answers with a status and no body.</summary>
    public void Answer(int status, string? location = null)
    {
        Response.StatusCode = status;
        if (location is not null)
            Response.Headers.Location = location;
        if (status != StatusCodes.Status204NoContent)
            Response.ContentLength = 0;
    }

    /// <summary>Answers with a JSON document.</summary>
    public ValueTask AnswerAsync<T>(T document, JsonTypeInfo<T> type, string contentType = "application/json") =>
        AnswerAsync(JsonSerializer.SerializeToUtf8Bytes(document, type), contentType);

    /// <summary>Answers with bytes, or with their length alone to a HEAD.</summary>
    public async ValueTask AnswerAsync(ReadOnlyMemory<byte> body, string contentType)
    {
        Response.ContentType = contentType;
        Response.ContentLength = body.Length;
        if (!IsHead)
            await Response.BodyWriter.WriteAsync(body, Aborted);
    }
}
