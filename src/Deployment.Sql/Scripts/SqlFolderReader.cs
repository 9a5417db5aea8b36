using Deployment.Migrations;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Scripts;

/// <summary>Makes scripts of the files of a folder, and finds everything that is wrong with them.</summary>
internal static class SqlFolderReader
{
    internal static (IReadOnlyList<SqlScript> Scripts, IReadOnlyList<string> Errors) Read(IReadOnlyList<SqlFile> files)
    {
        List<string> errors = [];
        List<SqlFileName> names = Names(files, errors);
        errors.AddRange(SqlNumbers.Problems(names));
        Dictionary<string, string?> texts = files.ToDictionary(file => file.Name, file => file.Text);
        Dictionary<(string, SqlFilePart), SqlSource> sources = [];
        foreach (SqlFileName name in names)
        {
            if (texts[name.FileName] is { } text)
            {
                sources[(name.Id, name.Part)] = SqlSourceReader.Read(name, text, errors);
            }
        }

        HashSet<string> ids = [.. names.Where(name => name.Part == SqlFilePart.Script).Select(name => name.Id)];
        errors.AddRange(names.Where(name => !ids.Contains(name.Id)).Select(name => $"{name.FileName}: there is no {name.Id}.sql that it could belong to. Correct its name, or delete it."));
        SqlScript[] scripts = [.. names.Where(name => name.Part == SqlFilePart.Script && sources.ContainsKey((name.Id, name.Part)))
            .OrderBy(name => name.Number ?? int.MaxValue).ThenBy(name => name.Phase).ThenBy(name => name.Name, StringComparer.Ordinal)
            .Select(name => Script(name, sources, names, errors))];
        return (scripts, errors);
    }

    private static List<SqlFileName> Names(IEnumerable<SqlFile> files, List<string> errors)
    {
        List<SqlFileName> names = [];
        foreach (SqlFile file in files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (SqlFileName.Read(file.Name) is { } name)
            {
                names.Add(name);
            }
            else
            {
                errors.Add($"'{SqlChars.Printable(file.Name)}' is no name of a script. {SqlFileName.Rule}");
            }
        }

        return names;
    }

    private static SqlScript Script(SqlFileName name, Dictionary<(string, SqlFilePart), SqlSource> sources, List<SqlFileName> names, List<string> errors)
    {
        SqlSource source = sources[(name.Id, SqlFilePart.Script)];
        if (source.Header.DestroysData is not null && name.Phase != MigrationPhase.Contract)
        {
            errors.Add($"{name.FileName}: only a contract destroys data, when no older release can come back. Move what does there, with its `destroys-data:`.");
        }

        errors.AddRange(SqlBatch.Problems(name, source));

        bool hasUndo = names.Any(other => other.Id == name.Id && other.Part == SqlFilePart.Undo);
        SqlUndo? undo = Undo(name, source, hasUndo, sources.GetValueOrDefault((name.Id, SqlFilePart.Undo)), errors);
        IReadOnlyList<SqlVerification> verifications = sources.TryGetValue((name.Id, SqlFilePart.Verify), out SqlSource? verify)
            ? SqlSourceReader.Verifications(verify, errors)
            : [];
        return new SqlScript(name, source, undo, verifications);
    }

    private static SqlUndo? Undo(SqlFileName name, SqlSource source, bool hasFile, SqlSource? undo, List<string> errors)
    {
        (SqlUndoKind Kind, string Reason)? declared = source.Header.Undo;
        if (name.Number is null && (hasFile || declared is not null))
        {
            errors.Add($"{name.FileName}: a repeatable script stays when the release goes back, and older releases must work with it. Delete its undo.");
        }
        else if (hasFile && declared is not null)
        {
            errors.Add($"{name.FileName}: it declares that there is no undo script, and there is {name.Id}.undo.sql. Delete one of them.");
        }
        else if (name.Number is not null && !hasFile && declared is null && name.Phase != MigrationPhase.Contract)
        {
            errors.Add($"{name.FileName}: nothing says how it is taken back. Write {name.Id}.undo.sql, or declare `-- undo: nothing REASON` or `-- undo: impossible REASON` at its top.");
        }

        if (declared is (SqlUndoKind.Impossible, _) && name.Phase != MigrationPhase.Contract)
        {
            errors.Add($"{name.FileName}: only a contract may be impossible to undo: until then the release must be able to go back. Write {name.Id}.undo.sql, or move what can't be undone to the contract.");
        }

        return undo is not null ? SqlUndo.By(undo)
            : declared is var (kind, reason) ? SqlUndo.Without(kind, reason)
            : name.Phase == MigrationPhase.Contract ? SqlUndo.Without(SqlUndoKind.Impossible, "what a contract removes is gone")
            : null;
    }
}
