using Deployment.Store;

namespace Deployment.Tests;

/// <summary>A store that gives something else for one blob, or nothing.</summary>
internal sealed class BlobStore(IDeploymentStore inner, string blob, byte[]? instead) : DelegatingStore(inner)
{
    public override Task<ReadOnlyMemory<byte>?> GetBlobAsync(string sha256, CancellationToken cancellationToken) =>
        sha256 == blob ? Task.FromResult(instead is null ? (ReadOnlyMemory<byte>?)null : instead) : base.GetBlobAsync(sha256, cancellationToken);
}
