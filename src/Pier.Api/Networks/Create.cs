using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Networks;
using Pier.Model;

namespace Pier.Api.Networks;

/// <summary>POST /networks/create.</summary>
static class Create
{
    static readonly Dictionary<string, string> None = [];

    public static async Task HandleAsync(ApiRequest request)
    {
        var body = await JsonBody.ReadAsync(request, ContractsJson.Wire.NetworkCreateRequest);
        if (body.ConfigOnly || body.ConfigFrom is { Network.Length: > 0 })
            throw new UnsupportedException("configuration-only networks are not supported by this version of Pier");
        if (body.Ingress || body.Scope is "swarm" or "global")
            throw new UnavailableException(
                "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again."
            );
        var made = await request.Engine.Networks.CreateAsync(
            new CreateNetwork(body.Name, body.Driver)
            {
                EnableIPv4 = body.EnableIPv4 ?? true,
                EnableIPv6 = body.EnableIPv6 ?? false,
                Internal = body.Internal,
                Attachable = body.Attachable,
                IpamDriver = body.IPAM?.Driver ?? "",
                IpamOptions = body.IPAM?.Options is { Count: > 0 } options ? new Dictionary<string, string>(options) : null,
                Ranges = [.. (body.IPAM?.Config ?? []).Select(Range)],
                Options = body.Options ?? None,
                Labels = body.Labels ?? None,
            },
            request.Aborted
        );
        await request.AnswerAsync(
            StatusCodes.Status201Created,
            new NetworkCreateResponse(made.Record.Id, ""),
            ContractsJson.Wire.NetworkCreateResponse
        );
    }

    static NetworkRange Range(IpamRange range) =>
        new()
        {
            Subnet = range.Subnet ?? "",
            IpRange = range.IPRange,
            Gateway = range.Gateway,
            AuxiliaryAddresses = range.AuxiliaryAddresses is { Count: > 0 } reserved ? new Dictionary<string, string>(reserved) : null,
        };
}
