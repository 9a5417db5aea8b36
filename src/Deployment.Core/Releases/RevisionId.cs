using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Deployment.Json;

namespace Deployment.Releases;

/// <summary>
/// Names a revision: application, version, role and attempt. It is the idempotency key of every operation on it,
/// and platforms bear it as label, description or name in its text form, such as <c>shop_2.4.0_1</c>.
/// </summary>
[JsonConverter(typeof(RevisionIdConverter))]
public sealed record RevisionId
{
    private const string BaselineMark = "baseline";

    /// <summary>Creates an id.</summary>
    /// <param name="application">The application's name.</param>
    /// <param name="version">The version, by Semantic Versioning 2.0.0.</param>
    /// <param name="attempt">Which installation of this version it is, counted from 1.</param>
    /// <param name="role">Why it was installed.</param>
    public RevisionId(string application, string version, int attempt, RevisionRole role = RevisionRole.Release)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        Application = Naming.Check("application", application);
        Version = SemanticVersion.Check(version);
        Attempt = attempt;
        Role = role;
    }

    /// <summary>The application.</summary>
    public string Application { get; }

    /// <summary>The version.</summary>
    public string Version { get; }

    /// <summary>Which installation of this version it is, counted from 1.</summary>
    public int Attempt { get; }

    /// <summary>Why it was installed.</summary>
    public RevisionRole Role { get; }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="DeploymentException">The text is not a revision id.</exception>
    public static RevisionId Parse(string text) =>
        TryParse(text, out RevisionId? id)
            ? id
            : throw new DeploymentException($"'{Naming.Printable(text ?? "")}' is not a revision id. It reads APPLICATION_VERSION_ATTEMPT, such as shop_2.4.0_1.");

    /// <summary>Reads the text form; false when it is none.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RevisionId? id)
    {
        id = null;
        string[] parts = text?.Split('_') ?? [];
        bool baseline = parts.Length == 4 && parts[2] == BaselineMark;
        if ((parts.Length != 3 && !baseline)
            || !int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int attempt) || attempt < 1)
        {
            return false;
        }

        try
        {
            id = new RevisionId(parts[0], parts[1], attempt, baseline ? RevisionRole.Baseline : RevisionRole.Release);
            return true;
        }
        catch (DeploymentException)
        {
            return false;
        }
    }

    /// <summary>The text form. Application and version can't contain an underscore, so it reads back as the same id.</summary>
    public override string ToString() => Role == RevisionRole.Baseline
        ? string.Create(CultureInfo.InvariantCulture, $"{Application}_{Version}_{BaselineMark}_{Attempt}")
        : string.Create(CultureInfo.InvariantCulture, $"{Application}_{Version}_{Attempt}");
}
