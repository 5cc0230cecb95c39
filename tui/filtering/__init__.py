"""The filter of lists, trees and documents: what is typed, what it may become, what it leaves."""
