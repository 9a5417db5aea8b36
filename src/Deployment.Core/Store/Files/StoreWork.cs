namespace Deployment.Store.Files;

/// <summary>Does the store's blocking work where the file layer wants it, and says what a refusal of the operating system means.</summary>
internal sealed class StoreWork(IFileLayer layer, string root)
{
    internal Task DoAsync(Action work, CancellationToken cancellationToken) => DoAsync<object?>(
        () =>
        {
            work();
            return null;
        },
        cancellationToken);

    internal async Task<T> DoAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return await layer.RunAsync(work, cancellationToken);
        }
        catch (Exception exception) when (StoreFailure.IsRefusal(exception))
        {
            throw StoreFailure.Of(root, exception);
        }
    }
}
