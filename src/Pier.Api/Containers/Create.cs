using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pier.Api.Http;
using Pier.Contracts;
using Pier.Engine.Containers;
using Pier.Model;

namespace Pier.Api.Containers;

/// <summary>POST /containers/create.</summary>
static class Create
{
    public static async Task HandleAsync(ApiRequest request)
    {
        var name = request.Query.Text("name")?.TrimStart('/');
        var body = await JsonBody.ReadAsync(request);
        if (!HasConfig(body.Span))
            throw new InvalidParameterException("config cannot be empty in order to create a container");
        var config = CreateVersions.Config(JsonBody.Parse(body, ContractsJson.Wire.ContainerConfig), request.Version);
        var parts = JsonBody.Parse(body, ContractsJson.Wire.CreateContainerParts);
        CreateVersions.Check(parts.NetworkingConfig, request.Version);
        var host = CreateVersions.Host(parts.HostConfig ?? new HostConfig(), request.Version);
        var macAddress = config.MacAddress;
        (config, var networking) = CreateVersions.MoveMacAddress(config, host, parts.NetworkingConfig);
        var created = await request.Engine.Containers.CreateAsync(
            new CreateContainer(name, config, host, networking, request.Query.Text("platform")),
            request.Aborted
        );
        await request.AnswerAsync(
            StatusCodes.Status201Created,
            new CreateContainerResponse(
                created.Id,
                macAddress is { Length: > 0 } && !request.Version.IsBefore(44)
                    ? [.. created.Warnings, CreateVersions.MacAddressWarning]
                    : created.Warnings
            ),
            ContractsJson.Wire.CreateContainerResponse
        );
    }

    /// <summary>Whether anything but the host's and the networks' parts is there.</summary>
    static bool HasConfig(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.GetString() is not ("HostConfig" or "NetworkingConfig"))
                    return true;
                reader.Skip();
            }
            return false;
        }
        catch (JsonException e)
        {
            throw new InvalidParameterException("invalid JSON: " + JsonFault.Of(e, json), e);
        }
    }
}
