using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pier.Model;
using Pier.Model.Distribution;
using Pier.Registry.Access;

namespace Pier.Registry.Http;

/// <summary>From Kestrel to an endpoint: names, access, and the one place where an exception becomes an answer.</summary>
sealed class RegistryApplication(RegistryHouse house) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception) { }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var began = house.Metrics.Begin();
        var route = RegistryRoute.Parse(context.Request.Path.Value ?? "");
        try
        {
            await DispatchAsync(context, route);
        }
        catch (Exception e)
            when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or ConnectionResetException)
        {
            // The client is gone.
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            await AnswerErrorAsync(context, Translate(context, error));
        }
        catch (Exception error)
        {
            // Half an answer is out: cutting the connection is the only way left to say that it is not whole.
            Log(context, error);
            context.Abort();
        }
        finally
        {
            house.Metrics.End(began, context.Request.Method, route.Resource, context.Response.StatusCode);
        }
    }

    async Task DispatchAsync(HttpContext context, RegistryRoute route)
    {
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (route.Name.Length > 0 && !RepositoryName.IsValid(route.Name))
            throw new RegistryException(400, RegistryErrorCode.NameInvalid, $"invalid repository name: {route.Name}");
        var method = context.Request.Method;
        if (Needs.Of(route, method) is { } needed)
            await CheckAccessAsync(context, needed);
        if (RouteTable.Find(method, route.Resource) is not { } endpoint)
        {
            if (route.Resource == Resource.Unknown)
                throw new RegistryException(404, RegistryErrorCode.Unsupported, "no such path in this API");
            context.Response.Headers.Allow = string.Join(", ", RouteTable.Methods(route.Resource));
            throw new RegistryException(405, RegistryErrorCode.Unsupported, "the operation is unsupported");
        }
        if (house.ReadOnly && RouteTable.Changes(method))
            throw new RegistryException(405, RegistryErrorCode.Unsupported, "the registry is read-only");
        await endpoint(new RegistryRequest(context, house, route));
    }

    async ValueTask CheckAccessAsync(HttpContext context, IReadOnlyList<TokenAccess> needed)
    {
        var decision = await house.Access.DecideAsync(context.Request, needed, context.RequestAborted);
        if (decision.Allowed)
            return;
        context.Response.Headers.WWWAuthenticate = decision.Challenge;
        throw new RegistryException(401, RegistryErrorCode.Unauthorized, "authentication required");
    }

    RegistryException Translate(HttpContext context, Exception error)
    {
        switch (error)
        {
            case RegistryException known:
                return known;
            case BadHttpRequestException bad:
                return new RegistryException(bad.StatusCode, RegistryErrorCode.Unknown, bad.Message);
            case InvalidParameterException invalid:
                return new RegistryException(400, RegistryErrorCode.Unknown, invalid.Message);
        }
        // Paths and addresses of this machine are for its operator.
        Log(context, error);
        return new RegistryException(
            IsFull(error) ? 507 : 500,
            RegistryErrorCode.Unknown,
            IsFull(error) ? "no space left on the registry" : "the registry failed"
        );
    }

    static bool IsFull(Exception error) => error.ToString().Contains("No space left", StringComparison.Ordinal);

    void Log(HttpContext context, Exception error) =>
        house.Options.Log?.Invoke($"{context.Request.Method} {context.Request.Path}: {error}");

    static async Task AnswerErrorAsync(HttpContext context, RegistryException error)
    {
        var response = context.Response;
        response.StatusCode = error.Status;
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new RegistryErrors { Errors = [new RegistryError { Code = error.Code, Message = error.Message }] },
            DistributionJson.Plain.RegistryErrors
        );
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await response.BodyWriter.WriteAsync(body);
    }
}
