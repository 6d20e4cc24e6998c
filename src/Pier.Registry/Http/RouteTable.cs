using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pier.Registry.Http;

/// <summary>Answers one request.</summary>
delegate Task Endpoint(RegistryRequest request);

/// <summary>Every method that a resource answers to.</summary>
static class RouteTable
{
    static readonly (string Method, Resource Resource, Endpoint Endpoint)[] Routes =
    [
        ("GET", Resource.Base, r => r.AnswerAsync("{}"u8.ToArray(), "application/json").AsTask()),
        ("GET", Resource.Catalog, Discovery.Catalog.HandleAsync),
        ("GET", Resource.Tags, Discovery.Tags.HandleAsync),
        ("GET", Resource.Referrers, Discovery.Referrers.HandleAsync),
        ("GET", Resource.Manifest, Manifests.Read.HandleAsync),
        ("PUT", Resource.Manifest, Manifests.Put.HandleAsync),
        ("DELETE", Resource.Manifest, Manifests.Delete.HandleAsync),
        ("GET", Resource.Blob, Blobs.Read.HandleAsync),
        ("DELETE", Resource.Blob, Blobs.Delete.HandleAsync),
        ("POST", Resource.Uploads, Uploads.Start.HandleAsync),
        ("GET", Resource.Upload, Uploads.Status.HandleAsync),
        ("PATCH", Resource.Upload, Uploads.Append.HandleAsync),
        ("PUT", Resource.Upload, Uploads.Finish.HandleAsync),
        ("DELETE", Resource.Upload, Uploads.Cancel.HandleAsync),
        ("GET", Resource.Search, Discovery.Search.HandleAsync),
        ("GET", Resource.SearchPing, r => Discovery.Search.PingAsync(r).AsTask()),
        ("GET", Resource.Health, r => r.AnswerAsync("ok\n"u8.ToArray(), "text/plain").AsTask()),
        ("GET", Resource.Metrics, r => r.AnswerAsync(Encoding.UTF8.GetBytes(r.House.Metrics.Text()), "text/plain; version=0.0.4").AsTask()),
    ];

    /// <summary>A HEAD is answered as its GET, without the body.</summary>
    public static Endpoint? Find(string method, Resource resource)
    {
        if (HttpMethods.IsHead(method))
            method = "GET";
        foreach (var route in Routes)
            if (route.Resource == resource && route.Method == method)
                return route.Endpoint;
        return null;
    }

    public static IEnumerable<string> Methods(Resource resource) => Routes.Where(r => r.Resource == resource).Select(r => r.Method);

    public static bool Changes(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method);
}
