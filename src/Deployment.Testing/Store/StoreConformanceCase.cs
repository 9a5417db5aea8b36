namespace Deployment.Testing;

/// <summary>One promise of <see cref="Deployment.Store.IDeploymentStore"/> and how it is tested.</summary>
public sealed class StoreConformanceCase
{
    private readonly Func<CancellationToken, Task> _run;

    internal StoreConformanceCase(string name, Func<CancellationToken, Task> run)
    {
        Name = name;
        _run = run;
    }

    /// <summary>The promise, as a name for a test.</summary>
    public string Name { get; }

    /// <summary>Tests a new store.</summary>
    /// <exception cref="StoreConformanceException">The store doesn't keep the promise.</exception>
    public Task RunAsync(CancellationToken cancellationToken) => _run(cancellationToken);

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
