using Pier.Model;

namespace Pier.Engine.Containers;

/// <summary>
/// Every container of the engine, by id and by name. Names are reserved before a container is made, so that two creations cannot share one.
/// </summary>
sealed class ContainerTable
{
    readonly Lock _lock = new();
    readonly Dictionary<string, Container> _byId = [];
    readonly Dictionary<string, string> _names = [];

    /// <summary>A snapshot, in no order.</summary>
    public Container[] All
    {
        get
        {
            lock (_lock)
                return [.. _byId.Values];
        }
    }

    /// <summary>Reserves a name for an id; throws Docker's conflict.</summary>
    public void Reserve(string name, string id)
    {
        lock (_lock)
        {
            if (_names.TryGetValue(name, out var owner))
                throw new ConflictException(
                    $"Conflict. The container name \"/{name}\" is already in use by container \"{owner}\". You have to remove (or rename) that container to be able to reuse that name."
                );
            _names[name] = id;
        }
    }

    public string ReserveGenerated(string id)
    {
        lock (_lock)
        {
            var name = NameGenerator.Next(_names.ContainsKey);
            _names[name] = id;
            return name;
        }
    }

    public void Unreserve(string name, string id)
    {
        lock (_lock)
        {
            if (_names.TryGetValue(name, out var owner) && owner == id)
                _names.Remove(name);
        }
    }

    /// <summary>Makes a container findable; its name has been reserved.</summary>
    public void Add(Container container)
    {
        lock (_lock)
            _byId[container.Id] = container;
    }

    public void Remove(Container container)
    {
        lock (_lock)
        {
            _byId.Remove(container.Id);
            if (_names.TryGetValue(container.Record.Name, out var owner) && owner == container.Id)
                _names.Remove(container.Record.Name);
        }
    }

    public Container? ById(string id)
    {
        lock (_lock)
            return _byId.GetValueOrDefault(id);
    }

    /// <summary>By full id, then by name, then by unambiguous id prefix: Docker's order.</summary>
    public Container Resolve(string reference)
    {
        if (reference.Length == 0)
            throw new InvalidParameterException("invalid name or ID supplied: \"\"");
        var name = reference.StartsWith('/') ? reference[1..] : reference;
        lock (_lock)
        {
            if (_byId.TryGetValue(reference, out var container))
                return container;
            if (_names.TryGetValue(name, out var id) && _byId.TryGetValue(id, out container))
                return container;
            if (name.Length is > 0 and < 64)
            {
                Container? found = null;
                foreach (var (candidate, value) in _byId)
                {
                    if (!candidate.StartsWith(name, StringComparison.Ordinal))
                        continue;
                    if (found is not null)
                        throw new InvalidParameterException($"Multiple IDs found with provided prefix: {name}");
                    found = value;
                }
                if (found is not null)
                    return found;
            }
        }
        throw new NotFoundException($"No such container: {reference}");
    }
}
