namespace Deployment.Testing;

internal sealed record StorePromise(string Name, Func<StoreTrial, Task> Test);
