using System.Globalization;
using System.Text.Json.Serialization;
using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>Which share of the users' requests a revision gets a copy of.</summary>
public sealed record TrafficMirror
{
    /// <summary>Creates it.</summary>
    /// <param name="revision">Who gets the copies. It stands, and takes no traffic.</param>
    /// <param name="percent">The share of the requests that may be copied, 1 to 100.</param>
    /// <param name="allMethods">
    /// Whether requests are copied whose method is not safe (RFC 9110, 9.2.1), such as POST: each takes place twice then. Default false: GET, HEAD
    /// and OPTIONS alone.
    /// </param>
    /// <exception cref="DeploymentException">The share is outside 1 to 100.</exception>
    [JsonConstructor]
    public TrafficMirror(RevisionId revision, int percent, bool allMethods = false)
    {
        ArgumentNullException.ThrowIfNull(revision);
        Revision = revision;
        Percent = percent is >= 1 and <= 100 ? percent : throw new DeploymentException($"{revision} can't get copies of {percent}% of the requests: take 1 to 100.");
        AllMethods = allMethods;
    }

    /// <summary>Who gets the copies.</summary>
    public RevisionId Revision { get; }

    /// <summary>The share of the requests that may be copied, 1 to 100.</summary>
    public int Percent { get; }

    /// <summary>Whether requests whose method is not safe are copied, too.</summary>
    public bool AllMethods { get; }

    /// <summary>Such as <c>shop_1.1.0_1=100</c>, or <c>shop_1.1.0_1=100 of all methods</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Revision}={Percent}{(AllMethods ? " of all methods" : "")}");
}
