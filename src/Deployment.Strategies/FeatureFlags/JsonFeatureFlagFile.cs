using Deployment.Commands;
using Deployment.Flags;
using Deployment.Runbooks;

namespace Deployment.Strategies.FeatureFlags;

/// <summary>
/// Feature flags in a JSON file in the schema of Microsoft.FeatureManagement (<c>feature_management.feature_flags</c>), as an application reads
/// it with <c>reloadOnChange</c>. A flag is opened by its <c>Microsoft.Targeting</c> filter. The file is replaced all at once, and all of it
/// but the flag, comments too, stays as it was.
/// </summary>
public sealed class JsonFeatureFlagFile : IFeatureFlagStore
{
    private readonly string _path;

    /// <summary>Names the file; nothing is read yet.</summary>
    /// <param name="path">The file, on this machine; no link. Its folder must be writable, because the file is replaced.</param>
    /// <param name="name">What runs claim its flags by: 1 to 30 letters, digits or '-'. Give each file its own. Default <c>flags</c>.</param>
    public JsonFeatureFlagFile(string path, string name = "flags")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(name);
        _path = Path.GetFullPath(path);
        Name = name;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<Prerequisite> Prerequisites => [new Prerequisite("The program jq must be installed, and the file with the feature flags must be writable. jq reads no comments: where the file has some, edit it by hand instead.", [$"jq . {CommandLine.Quote(_path)} > /dev/null"])];

    /// <inheritdoc/>
    public async Task<string?> ReadAsync(string flag, CancellationToken cancellationToken) =>
        FlagFileText.Read(_path, await FlagFileDisk.ReadAsync(_path, cancellationToken).ConfigureAwait(false)).Find(flag)?.Definition;

    /// <inheritdoc/>
    public async Task WriteAsync(string flag, string definition, string? expected, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        using FileStream turn = FlagFileDisk.TakeTurn(_path);
        byte[] seen = await FlagFileDisk.ReadAsync(_path, cancellationToken).ConfigureAwait(false);
        FlagFileText text = FlagFileText.Read(_path, seen);
        FoundFlag found = text.Find(flag) ?? throw new DeploymentException($"There is no flag '{flag}' in {_path} any more. Put it back, or abort the run.");
        if (found.Definition == definition)
        {
            return;
        }

        if (expected is not null && found.Definition != expected)
        {
            throw new DeploymentException($"Somebody else changed the flag '{flag}' in {_path}: it is {found.Definition} where {expected} was expected. It was left as it is.");
        }

        await FlagFileDisk.ReplaceAsync(_path, seen, text.With(found, definition), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public FlagAudience AudienceOf(string definition) => FlagDefinition.AudienceOf(definition);

    /// <inheritdoc/>
    public string WithAudience(string definition, FlagAudience audience) => FlagDefinition.WithAudience(definition, audience);

    /// <inheritdoc/>
    public IReadOnlyList<string> WriteCommands(string flag, string definition)
    {
        string file = CommandLine.Quote(_path);
        string next = CommandLine.Quote(_path + ".next");
        return
        [
            $"jq --argjson flag {CommandLine.Quote(definition)} '(.feature_management.feature_flags[] | select(.id == $flag.id)) |= $flag' {file} > {next}",
            $"chmod --reference={file} {next} && mv {next} {file}",
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> ReadCommands(string flag) =>
        [$"jq -c --arg id {CommandLine.Quote(flag)} '.feature_management.feature_flags[] | select(.id == $id)' {CommandLine.Quote(_path)}"];
}
