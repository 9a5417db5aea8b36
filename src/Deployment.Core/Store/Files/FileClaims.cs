namespace Deployment.Store.Files;

/// <summary>All claims as one document in versions. A change creates the next version, which only one process can.</summary>
internal sealed class FileClaims(StoreFiles files, StorePaths paths)
{
    internal IReadOnlyList<Claim> List() => Latest().Claims;

    /// <summary>Null when the run holds all targets, else the first claim in the way.</summary>
    internal Claim? TryClaim(string runId, IReadOnlyList<string> targets, DateTimeOffset since)
    {
        while (true)
        {
            (long version, IReadOnlyList<Claim> claims) = Latest();
            List<string> missing = [];
            foreach (string target in targets.Distinct(StringComparer.Ordinal))
            {
                Claim? held = claims.FirstOrDefault(claim => claim.Target == target);
                if (held is not null && held.RunId != runId)
                {
                    return held;
                }

                if (held is null)
                {
                    missing.Add(target);
                }
            }

            // The loop ends here only, after reading back: a version that was created beside newer ones has no effect.
            if (missing.Count == 0)
            {
                MakeDurable(version);
                return null;
            }

            Write(version + 1, [.. claims, .. missing.Select(target => new Claim(target, runId, since))]);
        }
    }

    internal void Release(string runId)
    {
        while (true)
        {
            (long version, IReadOnlyList<Claim> claims) = Latest();
            if (!claims.Any(claim => claim.RunId == runId))
            {
                MakeDurable(version);
                return;
            }

            Write(version + 1, [.. claims.Where(claim => claim.RunId != runId)]);
        }
    }

    private void Write(long version, IReadOnlyList<Claim> claims)
    {
        files.EnsureFolder(paths.Claims);
        if (files.TryCreate(paths.ClaimsVersion(version), StoreJson.Write(new ClaimsFile(claims), StoreJson.Default.ClaimsFile)))
        {
            Counted.Prune(files, paths.Claims, ".json", paths.ClaimsVersion, version);
        }
    }

    // What was read may have been created by a process that has not flushed it yet.
    private void MakeDurable(long version)
    {
        if (version > 0)
        {
            files.FlushFolder(paths.Claims);
        }
    }

    private (long Version, IReadOnlyList<Claim> Claims) Latest()
    {
        while (true)
        {
            long version = Counted.Highest(files, paths.Claims, ".json", paths.ClaimsVersion);
            if (version == 0)
            {
                return (0, []);
            }

            // None when it was pruned since it was listed.
            string path = paths.ClaimsVersion(version);
            if (files.Read(path) is { } content)
            {
                return (version, StoreJson.Read(content, StoreJson.Default.ClaimsFile, path).Claims);
            }
        }
    }
}
