using System.Globalization;
using Deployment.Releases;

namespace Deployment.Providers.Local.Tests.Support.Load;

/// <summary>A target that clients load, and who may answer them when.</summary>
/// <param name="Target">The target.</param>
/// <param name="Port">Its port.</param>
internal sealed record LoadedTarget(LocalTarget Target, int Port)
{
    private static readonly HttpClient Direct = new();

    public ServingTimes Serving { get; } = new();

    /// <summary>Has a revision's instance serve, or break off all that it does and all that comes, as its removal would.</summary>
    public Task GateAsync(RevisionId revision, bool open, CancellationToken cancellationToken) => AskAsync(revision, open ? "open" : "closed", cancellationToken);

    /// <summary>How many requests came to a revision's instance.</summary>
    public async Task<long> SeenAsync(RevisionId revision, CancellationToken cancellationToken) =>
        long.Parse(await AskAsync(revision, "seen", cancellationToken), CultureInfo.InvariantCulture);

    private async Task<string> AskAsync(RevisionId revision, string what, CancellationToken cancellationToken)
    {
        Uri address = (await Target.AddressesAsync(revision, cancellationToken)).Single();
        return await Direct.GetStringAsync(new Uri(address, "/gate/" + what), cancellationToken);
    }
}
