using Deployment.Sql.Scripts;

namespace Deployment.Sql;

/// <summary>A folder of SQL scripts: what each file is, its name says.</summary>
public sealed class SqlScriptFolder
{
    internal SqlScriptFolder(string path, IReadOnlyList<SqlScript> scripts) => (Path, Scripts) = (path, scripts);

    /// <summary>Where it is, as it was given.</summary>
    public string Path { get; }

    /// <summary>Its scripts: the numbered ones by number and phase, then the repeatable ones by name.</summary>
    public IReadOnlyList<SqlScript> Scripts { get; }

    /// <summary>Reads a folder. Files that don't end with <c>.sql</c>, and what begins with a dot, are none of its scripts.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DeploymentValidationException">The folder or a file in it is not as it must be; all errors together.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<SqlScriptFolder> ReadAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        (IReadOnlyList<SqlFile> files, IReadOnlyList<string> unreadable) = await SqlFiles.ReadAsync(path, cancellationToken);
        (IReadOnlyList<SqlScript> scripts, IReadOnlyList<string> errors) = SqlFolderReader.Read(files);
        return unreadable.Count + errors.Count == 0
            ? new SqlScriptFolder(path, scripts)
            : throw new DeploymentValidationException($"The migrations in '{path}'", [.. unreadable, .. errors]);
    }
}
