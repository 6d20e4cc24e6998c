using Microsoft.AspNetCore.Http;
using Pier.Model.Distribution;
using Pier.Registry.Http;

namespace Pier.Registry.Access;

/// <summary>What a request needs to be allowed, in the words of token scopes ("repository:NAME:pull,push").</summary>
static class Needs
{
    /// <summary>Null for what everybody may ask.</summary>
    public static IReadOnlyList<TokenAccess>? Of(RegistryRoute route, string method) =>
        route.Resource switch
        {
            Resource.Health => null,
            Resource.Base or Resource.SearchPing or Resource.Unknown => [],
            Resource.Catalog or Resource.Search or Resource.Metrics =>
            [
                new TokenAccess
                {
                    Type = "registry",
                    Name = "catalog",
                    Actions = ["*"],
                },
            ],
            _ => [Repository(route.Name, Actions(route.Resource, method))],
        };

    public static TokenAccess Repository(string name, params string[] actions) =>
        new()
        {
            Type = "repository",
            Name = name,
            Actions = actions,
        };

    static string[] Actions(Resource resource, string method)
    {
        // Giving up an upload is a part of pushing.
        if (HttpMethods.IsDelete(method) && resource is not Resource.Upload)
            return ["delete"];
        return HttpMethods.IsGet(method) && resource is not Resource.Upload || HttpMethods.IsHead(method) ? ["pull"] : ["pull", "push"];
    }
}
