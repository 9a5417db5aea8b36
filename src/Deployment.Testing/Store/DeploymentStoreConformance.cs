using Deployment.Store;

namespace Deployment.Testing;

/// <summary>
/// What every <see cref="IDeploymentStore"/> must do, as cases for any test framework: give <see cref="Cases"/> to its source of test cases
/// and await each. What survives a power cut is beyond it, since it depends on how a store keeps its data.
/// </summary>
public sealed class DeploymentStoreConformance
{
    private readonly Func<IDeploymentStore> _create;
    private readonly Func<IDeploymentStore, IDeploymentStore> _another;

    /// <summary>Creates the suite.</summary>
    /// <param name="create">Makes a new, empty store for a case. It is disposed after it, if it can be.</param>
    /// <param name="another">
    /// Makes another object on the same store, as another process would have; without it the same object is taken, which tests less.
    /// </param>
    public DeploymentStoreConformance(Func<IDeploymentStore> create, Func<IDeploymentStore, IDeploymentStore>? another = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        _create = create;
        _another = another ?? (store => store);
        Cases = [.. RunCases.All.Concat(JournalCases.All).Concat(LeaseCases.All).Concat(ClaimCases.All).Concat(SignalCases.All).Concat(BlobCases.All)
            .Select(promise => new StoreConformanceCase(promise.Name, cancellationToken => RunAsync(promise, cancellationToken)))];
    }

    /// <summary>All cases. They are independent of each other.</summary>
    public IReadOnlyList<StoreConformanceCase> Cases { get; }

    private async Task RunAsync(StorePromise promise, CancellationToken cancellationToken)
    {
        IDeploymentStore first = _create();
        IDeploymentStore second = _another(first);
        try
        {
            await promise.Test(new StoreTrial(promise.Name, first, second, cancellationToken));
        }
        finally
        {
            await EndAsync(second);
            await EndAsync(first);
        }
    }

    private static async Task EndAsync(IDeploymentStore store)
    {
        switch (store)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync();
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}
