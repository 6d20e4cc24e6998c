using Pier.Store;

namespace Pier.Engine;

/// <summary>The engine's id: made once a data root, shown by info, seed of the default networks' ids.</summary>
sealed record EngineIdentity(string Id)
{
    public static string Of(StoreRoot store)
    {
        var records = store.Records("engine", EngineJson.Default.EngineIdentity);
        if (records.Find("identity") is { } known)
            return known.Id;
        var made = new EngineIdentity(Guid.NewGuid().ToString());
        records.Put("identity", made);
        return made.Id;
    }
}
