namespace Deployment.Store.Files;

/// <summary>What a taker writes when it takes a turn.</summary>
internal sealed record LeaseFile(long Epoch, string Holder, DateTimeOffset? At = null);
