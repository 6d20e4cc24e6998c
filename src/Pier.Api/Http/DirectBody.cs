using Microsoft.AspNetCore.Http;
using Pier.Doors;
using Pier.Model;
using Pier.Model.Streams;

namespace Pier.Api.Http;

/// <summary>
/// The body of a request for a thread that does nothing but read it: that thread receives from the socket itself (decision 0040). Up to the
/// body's end, or the first read that fails, only; after that the connection watches for the client again.
/// </summary>
sealed class DirectBody : AsyncReadOnlyStream
{
    readonly Stream _body;
    readonly SocketInput? _input;

    DirectBody(HttpContext http) => (_body, _input) = (http.Request.Body, http.Features.Get<SocketInput>());

    /// <summary>To be disposed before the endpoint answers.</summary>
    public static DirectBody Open(HttpContext http)
    {
        var body = new DirectBody(http);
        body._input?.BeginDirect();
        return body;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = 0;
        try
        {
            return count = await _body.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e)
        {
            // Broken framing, or a client that is gone. The store would take it for an error of its own.
            throw new InvalidParameterException(e.Message, e);
        }
        finally
        {
            if (count == 0 && !buffer.IsEmpty)
                _input?.EndDirect();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _input?.EndDirect();
        base.Dispose(disposing);
    }
}
