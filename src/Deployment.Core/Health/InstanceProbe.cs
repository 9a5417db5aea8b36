namespace Deployment.Health;

/// <summary>A look at each instance of the revision, all at once; every one must be well.</summary>
internal abstract class InstanceProbe : HealthProbe
{
    /// <inheritdoc/>
    public sealed override async Task<string?> TryAsync(CheckContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> addresses = await PlacesAsync(context, cancellationToken);
        if (addresses.Count == 0)
        {
            return HealthWording.NoAddresses;
        }

        string?[] found = await Task.WhenAll(addresses.Select(address => TryOneAsync(context, address, cancellationToken)));
        string[] wrong = [.. found.OfType<string>()];
        return wrong.Length == 0 ? null : found.Length == 1 ? wrong[0] : $"{wrong.Length} of {found.Length} instances are not well. {wrong[0]}";
    }

    /// <summary>Where to look: by default the address of each instance, without the slash at its end.</summary>
    protected virtual async Task<IReadOnlyList<string>> PlacesAsync(CheckContext context, CancellationToken cancellationToken) =>
        [.. (await context.AddressesAsync(cancellationToken)).Select(address => address.AbsoluteUri.TrimEnd('/'))];

    /// <summary>Looks at one place.</summary>
    protected abstract Task<string?> TryOneAsync(CheckContext context, string address, CancellationToken cancellationToken);
}
