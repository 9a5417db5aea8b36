# Writes the known answers of known-answers.json; see README.md.
numbers <- function(values) paste0("[", paste(sprintf("%.17g", values), collapse = ", "), "]")
object <- function(...) {
  fields <- list(...)
  paste0("    { ", paste(sprintf("\"%s\": %s", names(fields), unlist(fields)), collapse = ", "), " }")
}
number <- function(value) sprintf("%.17g", value)
text <- function(value) sprintf("\"%s\"", value)

mann_whitney <- function(name, x, y) {
  test <- suppressWarnings(wilcox.test(x, y, conf.int = TRUE, conf.level = 0.98, exact = FALSE, correct = TRUE, tol.root = 1e-12))
  stopifnot(attr(test$conf.int, "conf.level") == 0.98)
  lower <- test$conf.int[1]
  upper <- test$conf.int[2]
  shift <- median(outer(x, y, "-"))
  ratio <- mean(x) / mean(y)
  # The ends are found to 1e-12: what is nearer to zero is zero.
  tolerated <- 0.25 * abs(shift) + 1e-10
  label <- if (lower > tolerated && ratio >= 1) "High" else if (upper < -tolerated && ratio <= 1) "Low" else "Pass"
  object(name = text(name), x = numbers(x), y = numbers(y), u = number(unname(test$statistic)), pValue = number(test$p.value),
         estimate = number(shift), rootEstimate = number(unname(test$estimate)), lower = number(lower), upper = number(upper),
         commonLanguage = number(mean(outer(x, y, ">") + 0.5 * outer(x, y, "=="))), label = text(label))
}

fisher <- function(candidate_bad, candidate, baseline_bad, baseline) {
  table <- matrix(c(candidate_bad, candidate - candidate_bad, baseline_bad, baseline - baseline_bad), 2)
  object(candidateBad = candidate_bad, candidate = candidate, baselineBad = baseline_bad, baseline = baseline,
         pValue = number(fisher.test(table, alternative = "greater")$p.value))
}

outliers <- function(values) {
  q <- quantile(values, c(0.01, 0.25, 0.75, 0.99), type = 7, names = FALSE)
  low <- min(q[1], q[2] - 3 * (q[3] - q[2]))
  high <- max(q[4], q[3] + 3 * (q[3] - q[2]))
  object(values = numbers(values), kept = numbers(values[values >= low & values <= high]))
}

set.seed(20240607)
cases <- c(
  mann_whitney("no difference, odd", rnorm(15, 10, 2), rnorm(15, 10, 2)),
  mann_whitney("no difference, even", rnorm(30, 100, 10), rnorm(40, 100, 10)),
  mann_whitney("higher", rnorm(31, 120, 8), rnorm(29, 100, 8)),
  mann_whitney("lower", rnorm(31, 80, 8), rnorm(29, 100, 8)),
  mann_whitney("higher, but within the tolerance", rnorm(25, 104, 6), rnorm(25, 100, 6)),
  mann_whitney("counts with many ties", rpois(45, 3), rpois(51, 2)),
  mann_whitney("counts with many ties, higher", rpois(45, 6), rpois(51, 2)),
  mann_whitney("mostly zeros", rbinom(60, 1, 0.1), rbinom(60, 1, 0.05)),
  mann_whitney("errors at ten times", rpois(60, 10), rpois(60, 1)),
  mann_whitney("unequal sizes", rexp(7, 1 / 20), rexp(101, 1 / 30)),
  mann_whitney("negative values", rnorm(21, -5, 1), rnorm(21, -3, 1)),
  mann_whitney("heavy tails", rcauchy(41), rcauchy(43)),
  mann_whitney("heavy tails, shifted", rcauchy(51, 6), rcauchy(49)),
  mann_whitney("two values", c(rep(1, 20), rep(2, 15)), c(rep(1, 30), rep(2, 3))),
  mann_whitney("tiny scale", rnorm(19, 3e-6, 1e-7), rnorm(21, 2e-6, 1e-7)),
  mann_whitney("small samples", c(1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3), c(0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29)))

tables <- c(
  fisher(0, 10, 0, 10), fisher(3, 10, 0, 10), fisher(5, 20, 1, 20), fisher(1, 20, 5, 20), fisher(8, 40, 2, 360),
  fisher(10, 10, 0, 10), fisher(7, 7, 7, 7), fisher(2, 1000, 1, 9000), fisher(30, 300, 15, 300), fisher(100, 2000, 10, 2000),
  fisher(1, 1, 0, 1), fisher(0, 5, 4, 5), fisher(4, 50, 12, 950))

samples <- c(outliers(rnorm(50)), outliers(c(rnorm(100), 25)), outliers(c(rep(1, 200), 9, -9)), outliers(c(1, 2, 3, 4, 1000)))

cat("{\n  \"mannWhitney\": [\n", paste(cases, collapse = ",\n"), "\n  ],\n  \"fisher\": [\n", paste(tables, collapse = ",\n"),
    "\n  ],\n  \"outliers\": [\n", paste(samples, collapse = ",\n"), "\n  ]\n}\n", sep = "")
