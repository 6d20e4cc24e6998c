using Pier.Engine.Logs.Shipping;

namespace Pier.Engine.Logs.Drivers;

/// <summary>Which files hold a driver's messages.</summary>
enum LogStore
{
    Nowhere,
    JsonFile,
    LocalFile,
    Cache,
}

/// <summary>What `--log-driver` names.</summary>
/// <param name="Name">As users write it.</param>
/// <param name="Store">Where messages are kept on this host.</param>
/// <param name="Options">Its own options, without those that every driver takes.</param>
/// <param name="Check">Throws an InvalidParameterException for values that make no sense.</param>
/// <param name="Connect">Makes the receiver that messages are shipped to; null for drivers that keep them here.</param>
sealed record LogDriver(
    string Name,
    LogStore Store,
    string[] Options,
    Action<IReadOnlyDictionary<string, string>> Check,
    Func<LogSource, ILogReceiver>? Connect = null
);
