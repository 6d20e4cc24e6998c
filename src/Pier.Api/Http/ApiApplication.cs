using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pier.Api.BuildKit;
using Pier.Contracts;
using Pier.Engine;
using Pier.Model;

namespace Pier.Api.Http;

/// <summary>From Kestrel to an endpoint: guards, version, route, and the one place where an exception becomes an answer.</summary>
sealed class ApiApplication(ContainerEngine engine, DaemonServerOptions options, BuildKitServer buildKit, RestingHeap heap)
    : IHttpApplication<HttpContext>
{
    readonly Router _router = new(RouteTable.Routes);
    readonly string _server = $"Pier/{options.Version} (linux)";
    readonly string _newest = ApiVersion.Newest.ToString();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception) => heap.Touch();

    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            await DispatchAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            await AnswerErrorAsync(context, ErrorMap.Status(error), ErrorMap.Message(error));
            if (error is not EngineException and not BadHttpRequestException and not JsonException)
                options.Log?.Invoke($"{context.Request.Method} {context.Request.Path}: {error}");
        }
        catch (Exception error)
        {
            // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
            if (error is not IOException)
                options.Log?.Invoke($"{context.Request.Method} {context.Request.Path}: {error}");
            context.Abort();
        }
    }

    Task DispatchAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["Api-Version"] = _newest;
        headers["Docker-Experimental"] = "false";
        headers["Ostype"] = "linux";
        headers.Server = _server;
        if (OriginGuard.Refusal(context) is { } refusal)
            return AnswerErrorAsync(context, StatusCodes.Status403Forbidden, refusal);
        ApiVersion.TrySplit(context.Request.Path.Value ?? "/", out var version, out var path);
        var endpoint = _router.Find(context.Request.Method, path, out var name);
        if (endpoint is null)
            return AnswerErrorAsync(context, StatusCodes.Status404NotFound, "page not found");
        if (version.Refusal() is { } unserved)
            return AnswerErrorAsync(context, StatusCodes.Status400BadRequest, unserved);
        return endpoint(new ApiRequest(context, engine, options, buildKit, version, name));
    }

    static async Task AnswerErrorAsync(HttpContext context, int status, string message)
    {
        context.Response.Headers.ContentLength = null;
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status304NotModified)
            return;
        var body = JsonSerializer.SerializeToUtf8Bytes(new ErrorResponse(message), ContractsJson.Wire.ErrorResponse);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length + 1;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await context.Response.BodyWriter.WriteAsync((byte[])[.. body, (byte)'\n']);
    }
}
