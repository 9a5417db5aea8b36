using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Amazon.S3.Model;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Code;

/// <summary>Finds out what code is made of when it is planned, and gives those very bytes when it is uploaded.</summary>
internal sealed partial class CodePackages(AwsAccess access, string folder)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static readonly TimeSpan _longest = TimeSpan.FromDays(30);

    /// <summary>The zip that is made of a folder with this hash.</summary>
    public string PathOf(string sha256) => Path.Combine(folder, $"{sha256}.zip");

    /// <summary>
    /// Removes zips that nobody has made for long, since a plan that is carried out so late makes its own again, and what processes that were killed left half
    /// written. The folder is a user's choice, and may hold other things.
    /// </summary>
    public void TidyUp(DateTimeOffset now)
    {
        foreach (FileInfo made in Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles().Where(file => Made().IsMatch(file.Name) && now - file.LastWriteTimeUtc > _longest) : [])
        {
            made.Delete();
        }
    }

    /// <summary>The artifact with the hash of its zip. An object of S3 is one with its version, where the bucket keeps versions.</summary>
    /// <exception cref="DeploymentException">It isn't there, can't be read, or isn't what it was to be.</exception>
    public async Task<Artifact> PinAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        string package = artifact.Package!;
        try
        {
            (Artifact found, string sha256) = S3Code.TryParse(package, out S3Code? code) ? await PinAsync(artifact, code, cancellationToken)
                : artifact.Kind == LambdaCode.FolderKind ? (artifact, await MakeAsync(package, cancellationToken))
                : (artifact, await HashOfZipAsync(package, cancellationToken));
            return artifact.Sha256 is null || artifact.Sha256 == sha256 ? found with { Sha256 = sha256 }
                : throw new DeploymentException($"{Naming.Printable(package)} has the SHA-256 {sha256}, and was to have {artifact.Sha256}. Nothing was changed.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The code in {Naming.Printable(package)} can't be read, or its zip can't be written to {Naming.Printable(folder)}: {Naming.Printable(error.Message)}", error);
        }
    }

    /// <summary>Asks for the code as it was planned.</summary>
    /// <exception cref="DeploymentException">It has changed since.</exception>
    public async Task<CodeUpdate> UpdateAsync(string package, string sha256, CancellationToken cancellationToken)
    {
        if (S3Code.TryParse(package, out S3Code? code))
        {
            return new CodeUpdate { S3Bucket = code.Bucket, S3Key = code.Key, S3ObjectVersion = code.Version };
        }

        try
        {
            return new CodeUpdate { ZipFile = await BytesAsync(package, sha256, cancellationToken) };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The code in {Naming.Printable(package)} can't be read: {Naming.Printable(error.Message)}", error);
        }
    }

    private async Task<byte[]> BytesAsync(string package, string sha256, CancellationToken cancellationToken)
    {
        // A zip of a folder was made when it was planned, by this user on this machine; else it is made again, and must come to the same.
        string made = PathOf(sha256);
        if ((File.Exists(made) ? await File.ReadAllBytesAsync(made, cancellationToken) : null) is { } kept && HashOf(kept) == sha256)
        {
            return kept;
        }

        string zip = Directory.Exists(package) ? PathOf(await MakeAsync(package, cancellationToken)) : package;
        byte[] bytes = await File.ReadAllBytesAsync(zip, cancellationToken);
        return HashOf(bytes) == sha256 ? bytes
            : throw new DeploymentException($"The code in {Naming.Printable(package)} has changed since it was planned: its SHA-256 is {HashOf(bytes)}, and {sha256} was planned. Plan again. Nothing was uploaded.");
    }

    private async Task<string> MakeAsync(string source, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Private);
        }

        string temporary = Path.Combine(folder, $"package-{Path.GetRandomFileName()}.tmp");
        try
        {
            string sha256;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite))
            {
                await FolderZip.WriteAsync(source, file, cancellationToken);
                CodeLimits.Zipped(source, file.Length);
                file.Position = 0;
                sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
            }

            File.Move(temporary, PathOf(sha256), overwrite: true);
            return sha256;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<string> HashOfZipAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new DeploymentException($"There is no zip {Naming.Printable(path)}.");
        }

        CodeLimits.Zipped(path, new FileInfo(path).Length);
        CodeLimits.Check(path);
        await using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }

    private async Task<(Artifact, string)> PinAsync(Artifact artifact, S3Code code, CancellationToken cancellationToken)
    {
        try
        {
            using GetObjectResponse found = await access.S3.GetObjectAsync(new GetObjectRequest { BucketName = code.Bucket, Key = code.Key, VersionId = code.Version }, cancellationToken);
            // Before all of it is read: a zip isn't longer than what is in it.
            CodeLimits.Unzipped(code.ToString(), found.ContentLength);
            string sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(found.ResponseStream, cancellationToken));
            // A bucket that keeps no versions says nothing, or null as a word.
            S3Code pinned = found.VersionId is { Length: > 0 } version and not "null" ? code with { Version = version } : code;
            return (artifact with { Package = pinned.ToString() }, sha256);
        }
        catch (Exception error) when (AwsFailure.Is(error, cancellationToken))
        {
            throw AwsFailure.Of(error, "s3:GetObject", code.ToString());
        }
    }

    [GeneratedRegex(@"\A(?:[0-9a-f]{64}\.zip|package-[a-z0-9]{8}\.[a-z0-9]{3}\.tmp)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Made();

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
