namespace Deployment.Testing.Store.Conformance;

internal sealed record StorePromise(string Name, Func<StoreTrial, Task> Test);
